// Owns the cache of what the server told, and how it outlives the process, so that a start without network shows the last state.
import { ApiProblem } from '@aichatwar/shared';
import { dehydrate, hydrate, type DehydratedState, QueryClient } from '@tanstack/react-query';
import { readJson, removeKey, writeJson } from './storage';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: Error;
    queryMeta: {
      /** Kept on the device. */
      keep?: true;
    };
  }
}

const WEEK_MS = 7 * 24 * 3_600_000;
const WRITE_AFTER_MS = 1_000;
/** What was found by words that were typed is not asked for again after this. */
export const SEARCH_KEPT_MS = 300_000;
const RETRIES = 2;
/** Characters that are kept: Android's storage reads no value above 2 MB, and a browser's has other guests. */
const KEPT_MAX = 600_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: WEEK_MS,
      retry: (failures, error) => failures < RETRIES && error instanceof ApiProblem && error.isTemporary,
      // A request without network fails at once and says so, instead of waiting in silence.
      networkMode: 'always',
    },
    // Nobody reads a mutation after who made it is gone.
    mutations: { networkMode: 'always', gcTime: 0 },
  },
});

interface Kept {
  version: number;
  owner: string;
  state: DehydratedState;
}

const KEY = 'aichat.cache';
/** Grows when the shape of something kept changes. */
const VERSION = 1;
let owner: string | null = null;
let timer: ReturnType<typeof setTimeout> | null = null;
/** Shortens a value before it is kept, by the first part of its key. */
const trims = new Map<string, (data: never) => unknown>();

export function trimWhenKept<Data>(kind: string, trim: (data: Data) => Data): void {
  trims.set(kind, trim as (data: never) => unknown);
}

/** Brings back what this person had seen, and keeps it from now on. */
export async function restoreCache(userId: string): Promise<void> {
  const kept = await readJson<Kept>(KEY);
  if (kept?.version === VERSION && kept.owner === userId) hydrate(queryClient, kept.state);
  owner = userId;
}

export async function forgetCache(): Promise<void> {
  owner = null;
  if (timer) clearTimeout(timer);
  timer = null;
  queryClient.clear();
  await removeKey(KEY);
}

function write(): void {
  timer = null;
  if (!owner) return;
  const state = dehydrate(queryClient, {
    shouldDehydrateQuery: (query) => query.meta?.keep === true && query.state.status === 'success',
  });
  for (const query of state.queries) {
    const trim = trims.get(String(query.queryKey[0]));
    if (trim) query.state = { ...query.state, data: trim(query.state.data as never) };
  }
  const kept: Kept = { version: VERSION, owner, state: { queries: fitting(state.queries), mutations: [] } };
  void writeJson(KEY, kept);
}

/** As many as there is room for, the ones that changed last first. */
export function fitting(queries: DehydratedState['queries'], room = KEPT_MAX): DehydratedState['queries'] {
  let left = room;
  return [...queries]
    .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)
    .filter((query) => {
      const size = JSON.stringify(query).length;
      if (size > left) return false;
      left -= size;
      return true;
    });
}

queryClient.getQueryCache().subscribe((event) => {
  if (owner && !timer && event.type === 'updated' && event.query.meta?.keep)
    timer = setTimeout(write, WRITE_AFTER_MS);
});
