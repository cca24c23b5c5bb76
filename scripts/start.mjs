// `npm start`: everything that is missing, then the app. Arguments after `--` go to the app.
import { runInForeground } from './child.mjs';
import { hasDisplay, startDisplay } from './display.mjs';
import { electronPath, root } from './runtimes.mjs';
import { build, runScript, say, setUp } from './steps.mjs';

await runScript(async () => {
  const virtualDisplay = !hasDisplay();
  await setUp({ virtualDisplay });
  build();
  const display = virtualDisplay ? await startDisplay() : undefined;
  // Chromium refuses to run sandboxed as root. Only then, and only in a checkout: what ships never gets the switch.
  const asRoot = process.platform === 'linux' && process.getuid() === 0 ? ['--no-sandbox'] : [];
  // Without a desktop Chromium complains at length about the missing message bus.
  const calm = virtualDisplay ? ['--log-level=3'] : [];
  say('Starting Vectorkeep');
  if (display) say(`No display here: the window opens on a virtual one, ${display.env.DISPLAY}. Ctrl-C stops the app.`);
  const code = await runInForeground(electronPath(), [...asRoot, ...calm, '.', ...process.argv.slice(2)], {
    cwd: root,
    env: display?.env ?? process.env,
  });
  display?.stop();
  return code;
});
