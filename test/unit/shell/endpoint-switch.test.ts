import { expect, test } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { createEndpointSwitch } from '../../../main/shell/endpoint-switch.ts';

function setUp(options: { readonly enabled?: boolean; readonly fails?: boolean; readonly taken?: boolean } = {}) {
  const state = { enabled: options.enabled ?? false, running: 0, most: 0, tokens: 0, fails: options.fails ?? false };
  const endpoint = createEndpointSwitch({
    discoveryFile: '/home/ada/mcp.json',
    folders: () => ['/home/ada/Vectorkeep'],
    isEnabled: () => state.enabled,
    setEnabled: (enabled) => (state.enabled = enabled),
    choices: () => ({ approval: 'ask', headless: 'refuse', readOnly: false, index: null }),
    clients: () => [],
    port: () => 7411,
    start: async (port) => {
      await Promise.resolve();
      if (state.fails) throw new Fault('WRITE_FAILED', { path: '/home/ada' });
      if (options.taken === true && port !== 0) throw new Fault('USAGE', { field: 'port', reason: 'in-use', port });
      state.running += 1;
      state.most = Math.max(state.most, state.running);
      return {
        url: 'http://127.0.0.1:1/mcp',
        renewToken: () => (state.tokens += 1),
        close: async () => {
          await Promise.resolve();
          state.running -= 1;
        },
      };
    },
  });
  return { state, endpoint };
}

test('begins only when it was left on, and says what went wrong without throwing', async () => {
  const off = setUp();
  await off.endpoint.begin();
  expect(off.state.running).toBe(0);
  const bad = setUp({ enabled: true, fails: true });
  await bad.endpoint.begin();
  expect(bad.endpoint.view()).toMatchObject({ enabled: true, url: null, problem: { code: 'WRITE_FAILED' } });
  bad.state.fails = false;
  expect(await bad.endpoint.set(true)).toMatchObject({ url: 'http://127.0.0.1:1/mcp', problem: null });
});

test('what does not start stays off', async () => {
  const { state, endpoint } = setUp({ fails: true });
  await expect(endpoint.set(true)).rejects.toThrow('WRITE_FAILED');
  expect(state.enabled).toBe(false);
});

test('however fast it is pressed, one runs at most, and the last press counts', async () => {
  const { state, endpoint } = setUp();
  await Promise.all([endpoint.set(true), endpoint.set(true), endpoint.set(false), endpoint.set(true)]);
  expect(state).toMatchObject({ enabled: true, running: 1, most: 1 });
  await endpoint.close();
  expect(state.running).toBe(0);
});

test('a new token is for an endpoint that runs', async () => {
  const { state, endpoint } = setUp();
  await endpoint.renewToken();
  expect(state.tokens).toBe(0);
  await endpoint.set(true);
  await endpoint.renewToken();
  expect(state.tokens).toBe(1);
});

test('where the usual port is taken it answers on a free one and says so', async () => {
  const { state, endpoint } = setUp({ taken: true });
  expect(await endpoint.set(true)).toMatchObject({ enabled: true, problem: null, portTaken: 7411 });
  expect(state.running).toBe(1);
  expect(await endpoint.set(false)).toMatchObject({ url: null, portTaken: null });
  const free = setUp();
  expect(await free.endpoint.set(true)).toMatchObject({ portTaken: null });
});
