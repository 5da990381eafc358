// Owns the typed HTTP client: it proves who asks, renews the proof once, and turns every failure into an ApiProblem.
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from '../generated/schema';
import { problemOf, problemOfFailure } from './problem';
import type { TokenKeeper } from './tokens';

export type ApiClient = Client<paths>;

export interface ApiClientOptions {
  baseUrl: string;
  tokens: TokenKeeper;
  fetch?: typeof fetch;
  /** How long an answer may take. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;

/** Makes the client. Its answers are never errors: a failed request throws an ApiProblem. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const send = options.fetch ?? ((input: RequestInfo | URL, init?: RequestInit) => fetch(input, init));
  const { tokens, timeoutMs = TIMEOUT_MS } = options;

  async function once(request: Request, token: string | null): Promise<Response> {
    if (token) request.headers.set('authorization', `Bearer ${token}`);
    const timer = new AbortController();
    const cancel = () => timer.abort();
    request.signal?.addEventListener('abort', cancel, { once: true });
    let late = false;
    const alarm = setTimeout(() => {
      late = true;
      timer.abort();
    }, timeoutMs);
    try {
      return await send(request, { signal: timer.signal });
    } catch (failure) {
      if (late)
        throw problemOfFailure(
          Object.assign(new Error('No answer in time.'), {
            name: 'TimeoutError',
          }),
        );
      throw failure;
    } finally {
      clearTimeout(alarm);
      request.signal?.removeEventListener('abort', cancel);
    }
  }

  async function prove(request: Request): Promise<Response> {
    try {
      const again = request.clone();
      const token = await tokens.access();
      const response = await once(request, token);
      if (response.status !== 401 || !token) return await checked(response);
      const renewed = await tokens.renew(token);
      if (!renewed || renewed === token) return await checked(response);
      return await checked(await once(again, renewed));
    } catch (failure) {
      if (request.signal?.aborted) throw failure;
      throw problemOfFailure(failure);
    }
  }

  return createClient<paths>({ baseUrl: options.baseUrl, fetch: prove });
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw await problemOf(response);
}

/** Takes the body out of an answer of the client. */
export async function bodyOf<Body>(answer: Promise<{ data?: Body | undefined }>): Promise<NonNullable<Body>> {
  const { data } = await answer;
  return data as NonNullable<Body>;
}
