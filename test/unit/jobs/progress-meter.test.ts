import { describe, expect, test } from 'vitest';
import { ProgressMeter } from '../../../main/jobs/progress-meter.ts';
import type { JobProgress } from '../../../preload/api.ts';

function meter(): { meter: ProgressMeter; reports: JobProgress[]; pass: (ms: number) => void } {
  let now = 5_000;
  const reports: JobProgress[] = [];
  return {
    meter: new ProgressMeter(
      (report) => reports.push(report),
      () => now,
    ),
    reports,
    pass: (ms) => (now += ms),
  };
}

describe('ProgressMeter', () => {
  test('says at once that a phase begins, counted from nothing', () => {
    const { meter: m, reports, pass } = meter();
    m.begin('reading', { points: 100 });
    pass(1000);
    m.at(50, 5000);
    m.begin('finishing');
    expect(reports).toEqual([
      {
        phase: 'reading',
        points: 0,
        totalPoints: 100,
        bytes: 0,
        totalBytes: null,
        pointsPerSecond: 0,
        secondsLeft: null,
      },
      {
        phase: 'reading',
        points: 50,
        totalPoints: 100,
        bytes: 5000,
        totalBytes: null,
        pointsPerSecond: 50,
        secondsLeft: null,
      },
      {
        phase: 'finishing',
        points: 0,
        totalPoints: null,
        bytes: 0,
        totalBytes: null,
        pointsPerSecond: 0,
        secondsLeft: null,
      },
    ]);
  });

  test('reports ten times a second at most', () => {
    const { meter: m, reports, pass } = meter();
    m.begin('reading', { points: 1_000_000 });
    for (let ms = 1; ms <= 1000; ms++) {
      pass(1);
      m.at(ms, ms);
    }
    expect(reports).toHaveLength(11);
  });

  test('always reports the end of a phase, by points or by bytes, and only once', () => {
    for (const totals of [{ points: 10 }, { bytes: 20 }, { points: 10, bytes: 20 }]) {
      const { meter: m, reports } = meter();
      m.begin('validating', totals);
      m.at(9, 19);
      expect(reports).toHaveLength(1);
      m.at(10, 20);
      m.at(10, 20);
      expect(reports).toHaveLength(2);
      expect(reports.at(-1)).toMatchObject({ points: 10, bytes: 20 });
    }
  });

  test('ends a phase at its full count, however lately it reported and however far its bytes had got', () => {
    const { meter: m, reports } = meter();
    m.begin('validating', { bytes: 20 });
    m.at(9, 20);
    m.at(10, 20);
    m.end(11, 20);
    expect(reports.at(-1)).toMatchObject({ phase: 'validating', points: 11, totalPoints: 11, bytes: 20 });
  });

  test('never runs backwards into a phase that counts nothing', () => {
    for (const phase of ['preparing', 'finishing'] as const) {
      const { meter: m, reports, pass } = meter();
      m.begin('reading', { points: 100 });
      m.at(100, 10);
      pass(5000);
      m.begin(phase, { points: 100 });
      pass(5000);
      expect(reports.at(-1)).toMatchObject({
        phase,
        points: 100,
        totalPoints: 100,
        pointsPerSecond: 0,
        secondsLeft: null,
      });
    }
  });

  test('believes a rate after two seconds', () => {
    const { meter: m, reports, pass } = meter();
    m.begin('sending', { points: 100 });
    pass(1999);
    m.at(20, 0);
    expect(reports.at(-1)?.secondsLeft).toBeNull();
    pass(2001);
    m.at(40, 0);
    expect(reports.at(-1)).toMatchObject({ secondsLeft: 6, pointsPerSecond: 10 });
    pass(6000);
    m.at(100, 0);
    expect(reports.at(-1)).toMatchObject({ secondsLeft: 0 });
  });

  test('tells time by points where they are known, else by bytes, else not', () => {
    const left = (totals: { points?: number; bytes?: number }, points: number, bytes: number): unknown => {
      const { meter: m, reports, pass } = meter();
      m.begin('reading', totals);
      pass(10_000);
      m.at(points, bytes);
      return reports.at(-1)?.secondsLeft;
    };
    expect(left({ points: 100, bytes: 1000 }, 50, 900)).toBe(10);
    expect(left({ bytes: 1000 }, 50, 250)).toBe(30);
    expect(left({}, 50, 250)).toBeNull();
    expect(left({ points: 0 }, 0, 0)).toBeNull();
    expect(left({ points: 100 }, 0, 0)).toBeNull();
    // An index may grow while it is read.
    expect(left({ points: 100 }, 150, 0)).toBe(0);
  });

  test('survives a clock that stands still', () => {
    const { meter: m, reports } = meter();
    m.begin('reading', { points: 1 });
    m.at(1, 1);
    expect(reports.at(-1)).toMatchObject({ pointsPerSecond: 0, secondsLeft: null });
  });
});
