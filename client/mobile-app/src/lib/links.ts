// Owns how a link into the app becomes a path of it.
import * as Linking from 'expo-linking';
import { attempt } from './attempt';

const WEB = /^https?:\/\/[^/]+/;
const OWN = /^[a-z][a-z0-9+.-]*:\/\//i;

/** `aichat://chats/1` and `https://any.where/chats/1` both lead to `/chats/1`. */
export function pathOfLink(link: string): string {
  const rest = WEB.test(link) ? link.replace(WEB, '') : link.replace(OWN, '/');
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Opens an address outside of the app; it is said when nothing on the device can. */
export const openOutside = (address: string): void => void attempt(() => Linking.openURL(address));

/** Where the link that started the app leads; on the web, where the page is. */
export function startPath(): string | null {
  const link = Linking.getLinkingURL();
  return link ? pathOfLink(link) : null;
}

/** Tells of links that come while the app runs. */
export function onLink(run: (path: string) => void): () => void {
  const watch = Linking.addEventListener('url', ({ url }) => run(pathOfLink(url)));
  return () => watch.remove();
}
