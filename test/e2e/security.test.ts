/** A page that has been taken over still gets nowhere. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reply } from '../../preload/api.ts';
import { launchApp, type RunningApp } from '../support/electron.ts';

let app: RunningApp;
let page: Page;
beforeAll(async () => {
  app = await launchApp();
  page = app.page;
});
afterAll(async () => {
  await app.close();
});

/** A request with whatever a hostile page would send, past the types. */
const send = (channel: string, input: unknown): Promise<Reply<unknown>> =>
  page.evaluate(
    ([to, what]) =>
      (window as unknown as { vectorkeep: { request(c: unknown, i: unknown): Promise<never> } }).vectorkeep.request(
        to,
        what,
      ),
    [channel, input],
  );

test('the page has the bridge and nothing of Node or Electron', async () => {
  const found = await page.evaluate(() => ({
    node: ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'].filter(
      (name) => name in window,
    ),
    bridge: Object.keys((window as unknown as { vectorkeep: object }).vectorkeep).sort(),
  }));
  expect(found).toEqual({ node: [], bridge: ['dropped', 'on', 'request'] });
});

test('it runs sandboxed and isolated', async () => {
  const settings = await app.electron.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity } = (
      window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
    ).getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity };
  });
  expect(settings).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true });
  expect(settings.webviewTag).not.toBe(true);
});

test('the content policy is the strictest there is', async () => {
  const policy = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.originalPolicy), { once: true });
        void fetch('https://example.org/').catch(() => undefined);
      }),
  );
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
});

test('no inline script, no markup from strings, no inline style', async () => {
  const outcome = await page.evaluate(async () => {
    const attempt = (work: () => unknown): string => {
      try {
        work();
        return 'allowed';
      } catch {
        return 'refused';
      }
    };
    const script = document.createElement('script');
    const assigned = attempt(() => {
      script.text = 'document.title = "taken"';
    });
    const appended = attempt(() => script.append(document.createTextNode('document.title = "taken"')));
    document.head.append(script);
    const markup = attempt(() => {
      document.createElement('div').innerHTML = '<img>';
    });
    const style = document.createElement('style');
    style.textContent = 'body { outline: 9px solid red }';
    document.head.append(style);
    const styled = getComputedStyle(document.body).outlineWidth === '9px' ? 'allowed' : 'refused';
    style.remove();
    await new Promise(requestAnimationFrame);
    return { assigned, appended, markup, styled, title: document.title };
  });
  expect(outcome).toEqual({
    assigned: 'refused',
    appended: 'refused',
    markup: 'refused',
    styled: 'refused',
    title: 'Vectorkeep',
  });
});

test('strings do not become code, by eval or by a handler in markup', async () => {
  const outcome = await page.evaluate(
    () =>
      new Promise<{ eval: string; handler: string }>((resolve) => {
        const attempt = (work: () => unknown): string => {
          try {
            work();
            return 'allowed';
          } catch {
            return 'refused';
          }
        };
        // Later, because what the debugger evaluates right now is exempt from the policy.
        setTimeout(() => {
          resolve({
            eval: attempt(() => globalThis.eval('document.title = "taken"')),
            handler: attempt(() => document.body.setAttribute('onclick', 'document.title = "taken"')),
          });
        }, 0);
      }),
  );
  expect(outcome).toEqual({ eval: 'refused', handler: 'refused' });
  expect(await page.title()).toBe('Vectorkeep');
});

test('network, frames, windows and other addresses are refused', async () => {
  const windows = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  const address = page.url();
  const outcome = await page.evaluate(async () => {
    const fetched = await fetch('http://127.0.0.1:9/').then(
      () => 'allowed',
      () => 'refused',
    );
    const opened = window.open('https://example.org/') === null ? 'refused' : 'allowed';
    const frame = document.createElement('iframe');
    frame.src = 'https://example.org/';
    document.body.append(frame);
    await new Promise((resolve) => setTimeout(resolve, 100));
    let framed = 'refused';
    try {
      if (frame.contentDocument !== null && frame.contentDocument.URL.startsWith('https:')) framed = 'allowed';
    } catch {
      framed = frame.contentWindow?.length === undefined ? 'refused' : 'error page';
    }
    frame.remove();
    location.href = 'https://example.org/';
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { fetched, opened, framed };
  });
  expect(outcome.fetched).toBe('refused');
  expect(outcome.opened).toBe('refused');
  expect(outcome.framed).not.toBe('allowed');
  expect(page.url()).toBe(address);
  expect(await windows()).toBe(1);
});

test('permissions are refused, asked for or looked up', async () => {
  const outcome = await page.evaluate(async () => {
    const states: string[] = [];
    for (const name of ['notifications', 'geolocation', 'camera', 'microphone'] as const) {
      states.push((await navigator.permissions.query({ name: name })).state);
    }
    const asked = await Notification.requestPermission();
    const position = await new Promise<string>((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('allowed'),
        () => resolve('refused'),
      ),
    );
    return { states: [...new Set(states)], asked, position };
  });
  expect(outcome).toEqual({ states: ['denied'], asked: 'denied', position: 'refused' });
});

test('requests with arguments outside the contract are refused in words', async () => {
  for (const [channel, input] of [
    ['jobs:cancel', undefined],
    ['jobs:cancel', { jobId: 7 }],
    ['jobs:cancel', { jobId: 'x', more: true }],
    ['connections:select', { name: '' }],
    ['connections:select', { name: 'x'.repeat(256) }],
    ['connections:save', { connection: { name: 'a', kind: 'file', url: 'x' } }],
    ['import:start', { path: '/etc/passwd' }],
    ['clipboard:write', { text: 'x'.repeat(70_000) }],
    ['state:get', { surplus: 1 }],
  ] as const) {
    const reply = await send(channel, input);
    expect([channel, reply.ok, reply.ok ? '' : reply.error.code]).toEqual([channel, false, 'USAGE']);
  }
});

test('channels that the contract does not name do not exist', async () => {
  for (const channel of ['drop', 'pick:dropped', '__proto__', 'constructor', '../drop', 'vectorkeep:drop']) {
    const outcome = await send(channel, { path: '/etc/passwd' }).then(
      () => 'answered',
      () => 'no such channel',
    );
    expect([channel, outcome]).toEqual([channel, 'no such channel']);
  }
});

test('a path that no dialog and no drop has given is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vectorkeep-security-'));
  const secret = join(folder, 'secret.json');
  writeFileSync(secret, '{}');
  const choices = { onConflict: 'skip', dryRun: true, allowModelMismatch: true, collection: 'x', connection: 'x' };
  for (const [channel, input] of [
    ['import:inspect', { path: secret }],
    ['import:start', { path: secret, ...choices }],
    [
      'export:start',
      { connection: 'x', collection: 'x', path: join(folder, 'new.json'), compress: true, companions: [] },
    ],
    ['file:show', { path: secret }],
  ] as const) {
    const reply = await send(channel, input);
    expect([channel, reply.ok ? 'allowed' : reply.error.code]).toEqual([channel, 'PATH_NOT_ALLOWED']);
  }
  const dropped = await page.evaluate(() =>
    (window as unknown as { vectorkeep: { dropped(file: File): Promise<string | null> } }).vectorkeep.dropped(
      new File(['x'], '/etc/passwd'),
    ),
  );
  expect(dropped).toBeNull();
  rmSync(folder, { recursive: true });
});

test('a path that was picked for reading is not one to write to, and a save counts once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vectorkeep-security-'));
  const file = join(folder, 'picked.json');
  writeFileSync(file, 'mine');
  await app.answer({ open: [file], save: join(folder, 'once.json') });
  await send('pick:import', undefined);
  const target = { connection: 'x', collection: 'x', compress: false, companions: [] };
  expect(await send('export:start', { ...target, path: file })).toMatchObject({ error: { code: 'PATH_NOT_ALLOWED' } });
  await send('pick:export', { collection: 'x', compress: false });
  const path = join(folder, 'once.json');
  expect(await send('export:start', { ...target, path })).toMatchObject({ ok: true });
  expect(await send('export:start', { ...target, path })).toMatchObject({ error: { code: 'PATH_NOT_ALLOWED' } });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  rmSync(folder, { recursive: true });
});
