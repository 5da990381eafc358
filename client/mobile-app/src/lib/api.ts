// Owns the one HTTP client of the app and the tokens that it shows.
import { type ApiProblem, createApiClient, type KeptTokens, TokenKeeper } from '@aichatwar/shared';
import { serverUrl } from './config';
import { secrets } from './secrets';

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
