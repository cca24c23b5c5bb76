/** The Electron app: makes every part, hands each what it needs, and ends them in order. */
import { join } from 'node:path';
import { app, session } from 'electron';
import Store from 'electron-store';
import type { AppState } from '../preload/api.ts';
import { openAuditLog, type AuditLog } from './mcp/audit-log.ts';
import { questionOf } from './mcp/approval-question.ts';
import { bridgeCommand, clientSetups } from './mcp/client-setups.ts';
import { startEndpoint } from './mcp/endpoint.ts';
import { findBinary } from './qdrant/local-binary.ts';
import { Protection } from './protection/protection.ts';
import { wallClock } from './protection/wall-clock.ts';
import { createService } from './service/backup-service.ts';
import type { Service } from './service/service.ts';
import { settingsNotices } from './service/settings-notices.ts';
import { settingsHome } from './settings/home.ts';
import { openSettings, type Settings } from './settings/settings.ts';
import { agentChoicesOf, agentFolders } from './settings/agents.ts';
import { createAgentChoices } from './shell/agent-choices.ts';
import { createAnnouncer } from './shell/announcer.ts';
import { becomeBridge } from './shell/bridge-mode.ts';
import { createDialogs, type Dialogs } from './shell/dialogs.ts';
import { endInOrder } from './shell/ending.ts';
import { createEndpointSwitch, type EndpointSwitch } from './shell/endpoint-switch.ts';
import { createHandlers } from './shell/handlers.ts';
import { refuseNavigation, refusePermissions } from './shell/hardening.ts';
import { registerIpc } from './shell/ipc.ts';
import { launchOptions } from './shell/launch-options.ts';
import { createLoginItem } from './shell/login-item.ts';
import { setApplicationMenu } from './shell/menu.ts';
import { createNotifications } from './shell/notifications.ts';
import { registerPageScheme, servePage } from './shell/page.ts';
import { createPathGrants } from './shell/path-grants.ts';
import { createWakefulness, watchPower } from './shell/power.ts';
import { quitQuestion } from './shell/questions.ts';
import { openSecretBox } from './shell/secret-box.ts';
import { createTrayActions } from './shell/tray-actions.ts';
import { openTray } from './shell/tray.ts';
import { MainWindow } from './shell/window.ts';

const launch = launchOptions(process.argv.slice(1));
const home = settingsHome(launch.home, process.env, process.cwd());
if (launch.bridge) await becomeBridge({ home, start: launch.start });
app.setPath('userData', home);
// Chromium keeps its own files in a place of their own, so that the settings folder holds settings.
app.setPath('sessionData', join(home, 'window'));
const development = !app.isPackaged;
/** Whoever starts it otherwise than by hand has to name the settings folder too. */
const named = launch.home !== undefined || Boolean(process.env['VECTORKEEP_HOME']);
const resources = join(app.getAppPath(), 'resources');

registerPageScheme();
refuseNavigation(app);
if (app.requestSingleInstanceLock({ hidden: launch.hidden })) void app.whenReady().then(() => run());
else {
  process.stdout.write('Vectorkeep is already running.\n');
  app.quit();
}

async function run(): Promise<void> {
  app.dock?.hide();
  refusePermissions(session.defaultSession);
  servePage(session.defaultSession, join(import.meta.dirname, '../renderer'));

  const settings = openSettings({ Store, dir: home, secrets: openSecretBox() });
  const qdrantBinary = findBinary({
    env: process.env,
    ...(development ? { runtimesDir: join(app.getAppPath(), '.runtimes') } : { resourcesPath: process.resourcesPath }),
  });
  const service = createService({
    settings,
    home,
    qdrantBinary,
    workerScript: new URL('worker.js', import.meta.url),
    generator: `Vectorkeep ${app.getVersion()}`,
  });
  const protection = await Protection.open({
    ...{ service, settings, home, clock: wallClock, builtin: qdrantBinary !== undefined },
    keepAwake: createWakefulness(),
  });
  const window: MainWindow = new MainWindow({
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    resources,
    development,
    onShown: () => announcer.windowShown(),
  });
  const dialogs = createDialogs(() => window.native);
  const grants = createPathGrants();
  const audit = openAuditLog(home);
  const endpoint = createEndpoint({ settings, service, protection, dialogs, audit });
  const login = createLoginItem({ home: named ? home : undefined });

  const state = (): AppState => ({
    version: app.getVersion(),
    ...service.connections(),
    connections: [...service.connections().connections],
    endpoint: endpoint.view(),
    builtinAvailable: qdrantBinary !== undefined,
    keyStorage: settings.keyStorage,
    compressExports: settings.compressExports(),
    startsAtLogin: login.isOn(),
    notices: settingsNotices(settings.damage),
  });
  const announcer = createAnnouncer({
    ...{ service, window, protection, state },
    showTray: (model) => tray.show(model),
    onJobDone: ({ result }) => {
      if (result === null) return;
      if ('path' in result) grants.grant('show', result.path);
      if ('differences' in result && 'companions' in result)
        for (const path of result.companions) grants.grant('show', path);
    },
  });
  const onAction = createTrayActions({ window, protection, service, dialogs, quit: () => app.quit() });
  const tray = openTray(resources, announcer.model(), onAction);
  setApplicationMenu(onAction, development);

  registerIpc({
    isOwnFrame: (frame) => window.owns(frame),
    onDrop: (path) => {
      grants.grant('read', path);
      return path;
    },
    handlers: createHandlers({
      service,
      dialogs,
      grants,
      endpoint,
      agents: createAgentChoices(settings, audit),
      protection,
      setCompressExports: (compress) => settings.setCompressExports(compress),
      setStartsAtLogin: (enabled) => login.set(enabled),
      state,
      onChange: () => {
        announcer.stateChanged();
        // Connections come and go, and with them what there is to protect.
        void protection.refresh();
      },
      onLook: (connection, indexes) => announcer.looked(connection, indexes),
      onReady: () => window.listening(),
      onQuestion: (jobId) => announcer.question(jobId),
    }),
  });

  app.on('second-instance', (_event, _argv, _folder, started) => {
    if (!(started as Partial<typeof launch>).hidden) window.show();
  });
  app.on('activate', () => window.show());
  // Without a window the app lives on in the tray.
  app.on('window-all-closed', () => undefined);
  const notifications = createNotifications({
    view: () => protection.view(),
    told: () => protection.told,
    setTold: (told) => protection.setTold(told),
    isSeen: () => announcer.isSeen(),
    open: (place) => window.show(place),
    backUp: (indexes) => onAction({ do: 'back-up', indexes }),
  });
  const stopWatching = watchPower(() => {
    protection.woke();
    notifications.woke();
  });
  endInOrder({
    ask: async () => {
      const work = announcer.work();
      return work.length === 0 || dialogs.confirm(quitQuestion(work));
    },
    close: async () => {
      stopWatching();
      await endpoint.close();
      // What runs by itself waits for the job that the service cancels.
      await Promise.all([protection.end(), service.close()]);
    },
    last: () => {
      notifications.close();
      window.quitting();
      tray.close();
    },
  });
  protection.onChange((view) => {
    announcer.protectionChanged(view);
    notifications.look();
  });
  void protection.begin();
  void endpoint.begin().then(() => announcer.stateChanged());
  if (!launch.hidden && !login.startedIt) window.show();
}

function createEndpoint(parts: {
  readonly settings: Settings;
  readonly service: Service;
  readonly protection: Protection;
  readonly dialogs: Dialogs;
  readonly audit: AuditLog;
}): EndpointSwitch {
  const { settings, service, protection, dialogs, audit } = parts;
  const bridge = bridgeCommand({
    isPackaged: app.isPackaged,
    execPath: process.execPath,
    appImage: process.env['APPIMAGE'],
    appPath: app.getAppPath(),
    home: named ? home : undefined,
  });
  return createEndpointSwitch({
    discoveryFile: join(home, 'mcp.json'),
    folders: () => [settings.exportFolder(), ...settings.endpoint().allowedFolders],
    isEnabled: () => settings.endpoint().enabled,
    setEnabled: (enabled) => settings.setEndpoint({ enabled }),
    choices: () => agentChoicesOf(settings),
    clients: () => clientSetups(bridge, process.platform),
    port: () => settings.endpoint().port,
    start: (port) =>
      startEndpoint({
        service,
        home,
        port,
        version: app.getVersion(),
        audit,
        protection: () => protection.view(),
        agents: () => ({ ...agentChoicesOf(settings), ...agentFolders(settings, home) }),
        approve: (request, signal) => dialogs.allow(questionOf(request), signal),
      }),
  });
}
