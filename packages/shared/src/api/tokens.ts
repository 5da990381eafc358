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

export class TokenKeeper {
  readonly #options: TokenKeeperOptions;
  readonly #fetch: typeof fetch;
  readonly #now: () => number;
  #tokens: KeptTokens | null = null;
  #renewal: Promise<string | null> | null = null;

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#now = options.now ?? (() => Date.now());
  }

  /** Brings back what an earlier process kept; tells whether there is a session. */
  async restore(): Promise<boolean> {
    this.#tokens = await this.#options.storage.load();
    return this.#tokens !== null;
  }

  get signedIn(): boolean {
    return this.#tokens !== null;
  }

  async keep(issued: IssuedTokens): Promise<void> {
    this.#tokens = {
      accessToken: issued.accessToken,
      refreshToken: issued.refreshToken,
      expiresAt: this.#now() + issued.expiresIn * 1000,
    };
    await this.#options.storage.save(this.#tokens);
  }

  async forget(): Promise<void> {
    this.#tokens = null;
    await this.#options.storage.clear();
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
   * has been replaced already gets the new one.
   */
  renew(stale: string): Promise<string | null> {
    const tokens = this.#tokens;
    if (!tokens) return Promise.resolve(null);
    if (tokens.accessToken !== stale) return Promise.resolve(tokens.accessToken);
    this.#renewal ??= this.#renew(tokens).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renew(held: KeptTokens): Promise<string | null> {
    // Another tab of the same browser may have renewed already; its refresh token replaced ours.
    const stored = await this.#options.storage.load();
    if (!stored)
      return this.#end(
        new ApiProblem({
          status: 401,
          code: 'auth.unauthenticated',
          detail: 'Signed out.',
        }),
      );
    if (stored.accessToken !== held.accessToken && stored.expiresAt - this.#now() > RENEW_BEFORE_MS) {
      this.#tokens = stored;
      return stored.accessToken;
    }
    const response = await this.#fetch(`${this.#options.baseUrl}/api/auth/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken: stored.refreshToken }),
    }).catch((failure: unknown) => Promise.reject(problemOfFailure(failure)));
    if (response.ok) {
      await this.keep((await response.json()) as IssuedTokens);
      return this.#tokens?.accessToken ?? null;
    }
    const problem = await problemOf(response);
    if (problem.isTemporary) throw problem;
    return this.#end(problem);
  }

  async #end(problem: ApiProblem): Promise<null> {
    this.#tokens = null;
    await this.#options.storage.clear();
    this.#options.onEnded?.(problem);
    return null;
  }
}
