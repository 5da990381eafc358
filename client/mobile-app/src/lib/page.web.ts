// Owns what the page around the app says of it: its language, and the look of what the browser draws itself.
import type { PageLook } from './page';

export function showOnPage({ language, scheme, ground }: PageLook): void {
  const root = document.documentElement;
  if (language) root.lang = language;
  if (scheme) root.style.colorScheme = scheme;
  if (!ground) return;
  root.style.backgroundColor = ground;
  document.body.style.backgroundColor = ground;
  for (const meta of document.querySelectorAll('meta[name="theme-color"]'))
    meta.setAttribute('content', ground);
}
