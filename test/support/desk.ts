/** Vectorkeep on a machine of its own: settings, vault under their usual names, and `vectorkeep serve`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { object, start, vectorkeep, type Ended, type Running } from './command-line.ts';

/** A person's machine: settings and vault of their own, under the usual names. */
export class Desk {
  readonly home: string;
  readonly vault: string;
  readonly #env: Readonly<Record<string, string>>;

  /** `home`: a folder that is there. `apiKey`: in the environment, as QDRANT_API_KEY. */
  constructor(home: string, apiKey?: string) {
    this.home = home;
    this.vault = join(home, 'Vectorkeep', 'backups');
    this.#env = apiKey === undefined ? {} : { QDRANT_API_KEY: apiKey };
  }

  /** Saves the server as `local`. */
  async connect(url: string): Promise<void> {
    const key = Object.keys(this.#env).flatMap((name) => ['--api-key-env', name]);
    expect(object(await this.run('connect', 'local', '--url', url, ...key, '--json'))).toMatchObject({
      connection: { name: 'local', has_key: false },
      is_current: true,
    });
  }

  run = (...args: string[]): Promise<Ended> => vectorkeep(args, { home: this.home, env: this.#env });

  /** A serve that runs, and what it has printed so far. */
  serve = (...args: string[]): Served =>
    new Served(start(['serve', '--json', ...args], { home: this.home, env: this.#env }));

  backups = async (): Promise<Record<string, unknown>[]> =>
    object(await this.run('list', '--json'))['backups'] as Record<string, unknown>[];

  /** What is noted of runs, skips and failures, oldest first. */
  history = async (): Promise<{ kind: string }[]> => {
    const text = await readFile(join(this.home, 'history.jsonl'), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { kind: string }]));
  };

  /** Schedules are as if they had been set so many milliseconds ago. */
  setBack = (ms: number): Promise<void> =>
    this.edit(({ protection: { rules } }) => {
      for (const rule of rules) rule.since = new Date(Date.now() - ms).toISOString();
    });

  async edit(change: (settings: Stored) => void): Promise<void> {
    const settings = JSON.parse(await readFile(join(this.home, 'settings.json'), 'utf8')) as Stored;
    change(settings);
    await writeFile(join(this.home, 'settings.json'), JSON.stringify(settings));
  }
}

export interface Stored {
  connections: { key: string | null }[];
  protection: { rules: { since: string }[] };
}

export class Served {
  readonly running: Running;
  #text = '';

  constructor(running: Running) {
    this.running = running;
    running.child.stdout.on('data', (text: string) => (this.#text += text));
  }

  /** One object a line. */
  get lines(): Record<string, unknown>[] {
    const whole = this.#text.slice(0, this.#text.lastIndexOf('\n') + 1);
    return whole.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
  }

  /** The first that is wanted, as soon as it is there. */
  line(wanted: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    const { child, ended } = this.running;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.lines.find(wanted);
        if (found === undefined) return;
        child.stdout.off('data', look);
        resolve(found);
      };
      child.stdout.on('data', look);
      look();
      void ended.then((end) => reject(new Error(`It ended before that: ${JSON.stringify(end)}`)));
    });
  }

  begun = (): Promise<Record<string, unknown>> => this.line((line) => 'pid' in line);
  event = (kind: string): Promise<Record<string, unknown>> => this.line(({ event }) => event === kind);

  /** Ends as systemd ends it. */
  async stop(): Promise<Ended> {
    this.running.child.kill('SIGTERM');
    return this.running.ended;
  }
}
