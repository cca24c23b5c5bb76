import { expect, test } from 'vitest';
import { shareDone } from '../../../preload/api.ts';
import * as format from '../../../renderer/format.ts';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [1234, '1.23 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [1_234_567, '1.23 MB'],
  [182_000_000, '182 MB'],
  [7_000_000_000, '7 GB'],
  [2e15, '2,000 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(format.formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0.1 s'],
  [420, '0.4 s'],
  [9949, '9.9 s'],
  [9950, '10 s'],
  [59_499, '59 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h'],
  [3_900_000, '1 h 5 min'],
])('%d ms are %s', (ms, text) => {
  expect(format.formatDuration(ms)).toBe(text);
});

test.each([
  [0, 'a few seconds left'],
  [4.9, 'a few seconds left'],
  [11, 'about 15 s left'],
  [54, 'about 55 s left'],
  [55, 'about 1 min left'],
  [170, 'about 3 min left'],
  [7200, 'about 2 h left'],
])('%d seconds to go: %s', (seconds, text) => {
  expect(format.formatTimeLeft(seconds)).toBe(text);
});

test('quantities, dimensions, ratios, paths', () => {
  expect(format.formatQuantity(1, 'point')).toBe('1 point');
  expect(format.formatQuantity(12_345, 'index', 'indexes')).toBe('12,345 indexes');
  expect(format.formatDimensions(384)).toBe('384 dimensions');
  expect(format.formatDimensions({ text: 512, image: 1024 })).toBe('text 512, image 1,024');
  expect(format.formatDimensions({})).toBe('no dense vectors');
  expect(format.formatDimensions(null)).toBe('not known');
  expect(format.formatRatio(4.44)).toBe('4.4 times smaller');
  expect(format.formatRatio(1)).toBeNull();
  expect(format.fileName('/home/ada/x.json')).toBe('x.json');
  expect(format.fileName('C:\\Users\\ada\\x.json')).toBe('x.json');
  expect(format.formatTime('2026-11-22T08:38:00')).toBe('22 November 2026, 08:38');
  expect(format.formatTime('yesterday')).toBe('yesterday');
});

test('share done', () => {
  const nothing = { phase: 'reading' as const, points: 0, totalPoints: null, bytes: 0, totalBytes: null };
  expect(shareDone(nothing)).toBeNull();
  expect(shareDone({ ...nothing, points: 5, totalPoints: 10, bytes: 1, totalBytes: 100 })).toBe(0.5);
  expect(shareDone({ ...nothing, bytes: 25, totalBytes: 100 })).toBe(0.25);
  expect(shareDone({ ...nothing, points: 11, totalPoints: 10 })).toBe(1);
  expect(shareDone({ ...nothing, totalPoints: 0 })).toBeNull();
  for (const phase of ['waiting', 'preparing', 'finishing'] as const) {
    expect(shareDone({ ...nothing, phase, points: 10, totalPoints: 10 })).toBeNull();
  }
});

test.each([
  [30, 'just now'],
  // A clock that is a little ahead.
  [-120, 'just now'],
  [-3600, '22 November 2026, 15:30'],
  [12 * 60, '12 min ago'],
  [3 * 3600, '3 h ago'],
  [14 * 3600 + 60 * 31, '14 h ago'],
  [25 * 3600, 'yesterday'],
  [39 * 3600, '2 days ago'],
  [30 * 86_400, '30 days ago'],
  [40 * 86_400, 'on 13 October 2026'],
])('%d seconds ago is %s', (seconds, text) => {
  const now = new Date(2026, 10, 22, 14, 30).getTime();
  expect(format.formatAge(new Date(now - seconds * 1000).toISOString(), now)).toBe(text);
});
