import type { Channel, Input, Output } from '../../preload/api.ts';
import type { RunningApp } from './electron.ts';

/** What the window asks of main, asked as the window; throws when the answer is an error. */
export async function request<C extends Channel>(
  { page }: RunningApp,
  channel: C,
  input: Input<C>,
): Promise<Output<C>> {
  const reply = await page.evaluate(
    async ([name, argument]) => {
      const got = await window.vectorkeep.request(name as 'state:get', argument as undefined);
      return JSON.stringify(got);
    },
    [channel, input] as const,
  );
  const { ok, value } = JSON.parse(reply) as { ok: boolean; value: Output<C> };
  if (!ok) throw new Error(`${channel}: ${reply}`);
  return value;
}
