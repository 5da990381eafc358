// Owns where posts, people and tags open: in the place where one is, when it has a screen for them, so that Back leads back.
import { type Href, usePathname } from 'expo-router';
import { useMemo } from 'react';

/** Places whose folders have these routes. */
const HOLDERS: readonly string[] = ['feed', 'friends', 'notifications'];

export interface Links {
  post: (id: string) => Href;
  person: (id: string) => Href;
  tag: (tag: string) => Href;
  compose: (about?: { edit?: string; share?: string }) => Href;
}

export function linksFrom(pathname: string): Links {
  const here = pathname.split('/')[1] ?? '';
  const base = HOLDERS.includes(here) ? here : 'feed';
  const at = (path: string) => `/${base}/${path}` as Href;
  return {
    post: (id) => at(`post/${id}`),
    person: (id) => at(`people/${id}`),
    tag: (tag) => at(`tag/${encodeURIComponent(tag)}`),
    compose: (about = {}) => {
      const query = new URLSearchParams(about as Record<string, string>).toString();
      return at(query ? `compose?${query}` : 'compose');
    },
  };
}

export function useLinks(): Links {
  const pathname = usePathname();
  return useMemo(() => linksFrom(pathname), [pathname]);
}
