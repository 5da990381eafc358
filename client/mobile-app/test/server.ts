// Owns a server as tests need it: answers by method and path, and remembers what it was asked.
export interface Asked {
  method: string;
  path: string;
  body: unknown;
  /** The key under which it is done once. */
  key: string | null;
}

type Answer = (asked: Asked) => { status?: number; body?: unknown } | 'no line';

/** Answers every request of the app until the test ends; what is not named is 404. */
export function startServer(routes: Record<string, Answer>): Asked[] {
  const asked: Asked[] = [];
  globalThis.fetch = (async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(String(input), init);
    const text = request.method === 'GET' ? '' : await request.text();
    const one: Asked = {
      method: request.method,
      path: new URL(request.url).pathname,
      body: text ? JSON.parse(text) : undefined,
      key: request.headers.get('idempotency-key'),
    };
    asked.push(one);
    const answer = routes[`${one.method} ${one.path}`]?.(one) ?? {
      status: 404,
      body: { code: 'route.not_found', detail: one.path },
    };
    if (answer === 'no line') throw new TypeError('Network request failed');
    return new Response(answer.body === undefined ? null : JSON.stringify(answer.body), {
      status: answer.status ?? 200,
      headers: { 'content-type': 'application/json' },
    });
  }) as typeof fetch;
  return asked;
}
