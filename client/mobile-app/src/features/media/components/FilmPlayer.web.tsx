// Owns how a film plays in a browser.
import { createElement } from 'react';

export function FilmPlayer({
  url,
  poster,
  label,
}: {
  url: string;
  poster: string | undefined;
  label: string;
}) {
  return createElement('video', {
    src: url,
    poster,
    controls: true,
    playsInline: true,
    'aria-label': label,
    style: { width: '100%', height: '100%', objectFit: 'contain', background: '#000' },
  });
}
