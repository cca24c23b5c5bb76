/** What no page in this app may ever do, whoever made it. */
import type { App, Session } from 'electron';
import { isPage } from './page.ts';

/** Every permission is refused, asked for or looked up: the page needs none. */
export function refusePermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler(null);
  // Nothing is fetched from anywhere but our own protocol, not even by a page that broke out of its policy.
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !isPage(details.url) && !details.url.startsWith('devtools:') });
  });
  session.on('will-download', (event) => event.preventDefault());
}

/** No page leaves the app's own address, opens another window or holds a foreign one. */
export function refuseNavigation(app: App): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}
