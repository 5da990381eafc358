// Owns the tokens of one session: who has them, when they are renewed, and that only one renewal is under way.
import { ApiProblem, problemOf, problemOfFailure } from './problem';

/** What the server hands out. */
export interface IssuedTokens {
  accessToken: string;
  refreshToken: string;
  /** Seconds for which the access token holds. */
  expiresIn: number;
}

/** What is kept of them. */
export interface KeptTokens {
  accessToken: string;
  refreshToken: string;
  /** Milliseconds since 1970 at which the access token ends. */
  expiresAt: number;
  /** Whose they are: tabs share the storage, and another person may have signed in there. */
  owner?: string | undefined;
}

/** Where tokens outlive the process. */
export interface TokenStorage {
  load(): Promise<KeptTokens | null>;
  save(tokens: KeptTokens): Promise<void>;
  clear(): Promise<void>;
}

export interface TokenKeeperOptions {
  baseUrl: string;
  storage: TokenStorage;
  fetch?: typeof fetch;
  now?: () => number;
  /** The session has ended on the server: signed out elsewhere, banned, or a refresh token used twice. */
  onEnded?: (problem: ApiProblem) => void;
}

/** An access token is renewed when it holds for less than this. */
const RENEW_BEFORE_MS = 30_000;
/** A renewal must be answered within this: every request waits for it. */
const RENEW_WITHIN_MS = 30_000;

const signedOut = (): ApiProblem =>
  new ApiProblem({ status: 401, code: 'auth.unauthenticated', detail: 'Signed out.' });

export class TokenKeeper {
  readonly #options: TokenKeeperOptions;
  readonly #fetch: typeof fetch;
  readonly #now: () => number;
  #tokens: KeptTokens | null = null;
  /** The access token of this session before the present one: who still shows it may have the new one. */
  #before: string | null = null;
  #renewal: Promise<string | null> | null = null;

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#now = options.now ?? (() => Date.now());
  }

  /** Brings back what an earlier process kept; tells whether there is a session. */
  async restore(): Promise<boolean> {
    this.#begin(await this.#options.storage.load());
    return this.#tokens !== null;
  }

  get signedIn(): boolean {
    return this.#tokens !== null;
  }

  /** Whose session it is, as far as that was said. */
  get owner(): string | undefined {
    return this.#tokens?.owner;
  }

  /** Begins a session. */
  async keep(issued: IssuedTokens, owner?: string): Promise<void> {
    const tokens = this.#made(issued, owner);
    this.#begin(tokens);
    await this.#options.storage.save(tokens);
  }

  async forget(): Promise<void> {
    const held = this.#tokens;
    this.#begin(null);
    await this.#clear(held);
  }

  /** Gives an access token that holds, renewing it when needed; null without a session. */
  async access(): Promise<string | null> {
    const tokens = this.#tokens;
    if (!tokens) return null;
    if (tokens.expiresAt - this.#now() > RENEW_BEFORE_MS) return tokens.accessToken;
    return this.renew(tokens.accessToken);
  }

  /**
   * Replaces an access token that does not hold. All who ask meanwhile get the same answer; who asks with a token that
   * has been replaced already gets the new one, and who asks with one of another session gets none.
   */
  renew(stale: string): Promise<string | null> {
    const tokens = this.#tokens;
    if (!tokens) return Promise.resolve(null);
    if (tokens.accessToken !== stale)
      return Promise.resolve(stale === this.#before ? tokens.accessToken : null);
    if (this.#renewal) return this.#renewal;
    const renewal = this.#renew(tokens).finally(() => {
      if (this.#renewal === renewal) this.#renewal = null;
    });
    this.#renewal = renewal;
    return renewal;
  }

  async #renew(held: KeptTokens): Promise<string | null> {
    // Another tab of the same browser may have renewed already; its refresh token replaced ours.
    const stored = await this.#options.storage.load();
    if (!stored || stored.owner !== held.owner) return this.#end(held, signedOut());
    if (stored.accessToken !== held.accessToken && stored.expiresAt - this.#now() > RENEW_BEFORE_MS)
      return this.#replace(held, stored);
    const answer = await this.#ask(stored.refreshToken);
    if (answer instanceof ApiProblem) {
      if (answer.isTemporary) throw answer;
      return this.#end(held, answer);
    }
    // In another tab the session may have ended while the answer was on its way, and another begun.
    const now = await this.#options.storage.load();
    if (!now || now.owner !== held.owner) return this.#end(held, signedOut());
    const renewed = this.#made(answer, held.owner);
    const token = this.#replace(held, renewed);
    if (token !== null) await this.#options.storage.save(renewed);
    return token;
  }

  async #ask(refreshToken: string): Promise<IssuedTokens | ApiProblem> {
    const timer = new AbortController();
    const alarm = setTimeout(() => timer.abort(), RENEW_WITHIN_MS);
    try {
      const response = await this.#fetch(`${this.#options.baseUrl}/api/auth/refresh`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refreshToken }),
        signal: timer.signal,
      });
      return response.ok ? ((await response.json()) as IssuedTokens) : await problemOf(response);
    } catch (failure) {
      throw problemOfFailure(failure);
    } finally {
      clearTimeout(alarm);
    }
  }

  #made(issued: IssuedTokens, owner: string | undefined): KeptTokens {
    return {
      accessToken: issued.accessToken,
      refreshToken: issued.refreshToken,
      expiresAt: this.#now() + issued.expiresIn * 1000,
      owner,
    };
  }

  /** What was asked for an earlier session touches this one no more. */
  #begin(tokens: KeptTokens | null): void {
    this.#tokens = tokens;
    this.#before = null;
    this.#renewal = null;
  }

  /** Goes on with new tokens, unless the session is another by now. */
  #replace(held: KeptTokens, next: KeptTokens): string | null {
    if (this.#tokens !== held) return null;
    this.#before = held.accessToken;
    this.#tokens = next;
    return next.accessToken;
  }

  async #end(held: KeptTokens, problem: ApiProblem): Promise<null> {
    if (this.#tokens !== held) return null;
    this.#begin(null);
    await this.#clear(held);
    this.#options.onEnded?.(problem);
    return null;
  }

  /** Another person's tokens, from another tab, stay. */
  async #clear(held: KeptTokens | null): Promise<void> {
    if (!held) return;
    // What cannot be read is of no use to anybody.
    const stored = await this.#options.storage.load().catch(() => held);
    if (stored?.owner === held.owner) await this.#options.storage.clear();
  }
}
