// Owns the one HTTP client of the app and the tokens that it shows.
import { type ApiProblem, createApiClient, type KeptTokens, TokenKeeper } from '@aichatwar/shared';
import { serverUrl } from './config';
import { secrets } from './secrets';
import { ServerClock } from './serverClock';

const KEY = 'aichat.tokens';

type Ended = (problem: ApiProblem) => void;
let whenEnded: Ended | null = null;

/** Says what happens when the server has ended the session. */
export function onSessionEnded(ended: Ended): void {
  whenEnded = ended;
}

export const tokens = new TokenKeeper({
  baseUrl: serverUrl,
  storage: {
    load: async () => {
      const text = await secrets.get(KEY);
      return text === null ? null : (JSON.parse(text) as KeptTokens);
    },
    save: (kept) => secrets.set(KEY, JSON.stringify(kept)),
    clear: () => secrets.remove(KEY),
  },
  onEnded: (problem) => whenEnded?.(problem),
});

export const api = createApiClient({ baseUrl: serverUrl, tokens });

const clock = new ServerClock();
/** What the time is at the server; a deadline of its is measured by this. */
export const serverNow = (): number => clock.now();

const askedAt = new WeakMap<Request, number>();
api.use({
  onRequest: ({ request }) => void askedAt.set(request, Date.now()),
  onResponse: ({ request, response }) =>
    clock.heard(response.headers.get('date'), askedAt.get(request) ?? Date.now()),
});
