import { net, powerMonitor, powerSaveBlocker } from 'electron';

/** So often somebody asks whether there is a network: the system does not say when it is back. */
const NETWORK_MS = 20_000;

/** Calls when the machine woke, somebody is back at it, or the network is back. Returns how to end it. */
export function watchPower(onWake: () => void): () => void {
  powerMonitor.on('resume', onWake);
  powerMonitor.on('unlock-screen', onWake);
  let online = net.isOnline();
  const timer = setInterval(() => {
    const before = online;
    online = net.isOnline();
    if (online && !before) onWake();
  }, NETWORK_MS);
  return () => {
    clearInterval(timer);
    powerMonitor.off('resume', onWake);
    powerMonitor.off('unlock-screen', onWake);
  };
}

/** Holds off the machine's sleep from the first `true` to the last `false`. The screen may go dark. */
export function createWakefulness(): (on: boolean) => void {
  let wanted = 0;
  let blocker: number | null = null;
  return (on) => {
    wanted = Math.max(0, wanted + (on ? 1 : -1));
    if (wanted > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (blocker !== null) {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
  };
}
