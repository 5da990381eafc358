// Tells what a session's tokens promise: one renewal at a time, none lost, and an end that is told once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, createApiClient } from '../src/api/client';
import { ApiProblem } from '../src/api/problem';
import { type KeptTokens, TokenKeeper } from '../src/api/tokens';

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': status < 400 ? 'application/json' : 'application/problem+json',
    },
  });
const problem = (status: number, code: string) =>
  json(status, {
    type: 'about:blank',
    title: '',
    status,
    detail: code,
    code,
    requestId: 'q',
  });

/** A server that knows one pair of tokens at a time. */
function server() {
  const gate = { open: Promise.resolve() };
  const state = {
    access: 'a1',
    refresh: 'r1',
    refreshes: 0,
    refuse: '' as string,
    seen: [] as string[],
    stored: null as KeptTokens | null,
    ended: [] as string[],
  };
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    if (request.url.endsWith('/api/auth/refresh')) {
      state.refreshes += 1;
      await gate.open;
      const { refreshToken } = (await request.json()) as {
        refreshToken: string;
      };
      if (state.refuse) return problem(state.refuse === 'busy' ? 503 : 401, state.refuse);
      assert.equal(refreshToken, state.refresh);
      state.access = `a${state.refreshes + 1}`;
      state.refresh = `r${state.refreshes + 1}`;
      return json(200, {
        accessToken: state.access,
        refreshToken: state.refresh,
        expiresIn: 900,
      });
    }
    const proof = request.headers.get('authorization') ?? '';
    state.seen.push(proof);
    await gate.open;
    if (proof !== `Bearer ${state.access}`) return problem(401, 'auth.unauthenticated');
    return json(200, {
      items: [],
      nextCursor: null,
      echo: request.method === 'POST' ? await request.json() : null,
    });
  };
  const storage = {
    load: async () => state.stored,
    save: async (tokens: KeptTokens) => void (state.stored = tokens),
    clear: async () => void (state.stored = null),
  };
  const tokens = new TokenKeeper({
    baseUrl: 'http://test',
    storage,
    fetch,
    onEnded: (end) => state.ended.push(end.code),
  });
  const api = createApiClient({ baseUrl: 'http://test', tokens, fetch });
  return { api, gate, state, tokens };
}

const signed = { accessToken: 'a1', refreshToken: 'r1', expiresIn: 900 };

test('many requests with a token that ended share one renewal, and all are answered', async () => {
  const { api, state, tokens } = server();
  await tokens.keep(signed);
  state.access = 'changed on the server';
  const answers = await Promise.all([1, 2, 3, 4].map(() => bodyOf(api.GET('/api/chat/rooms'))));
  assert.equal(answers.length, 4);
  assert.equal(state.refreshes, 1);
});

test('a body is sent again with the renewed token', async () => {
  const { api, state, tokens } = server();
  await tokens.keep(signed);
  state.access = 'changed on the server';
  const answer = await bodyOf(
    api.POST('/api/chat/rooms/{id}/messages', {
      params: { path: { id: 'r' } },
      body: { clientId: 'c', text: 'Hi' },
    }),
  );
  assert.deepEqual((answer as unknown as { echo: unknown }).echo, {
    clientId: 'c',
    text: 'Hi',
  });
});

test('a token is renewed before it ends', async () => {
  const { state, tokens } = server();
  await tokens.keep({ ...signed, expiresIn: 10 });
  assert.equal(await tokens.access(), 'a2');
  assert.equal(state.stored?.refreshToken, 'r2');
});

test('what another tab has renewed is taken over', async () => {
  const { state, tokens } = server();
  await tokens.keep({ ...signed, expiresIn: 10 });
  state.stored = {
    accessToken: 'theirs',
    refreshToken: 'r9',
    expiresAt: Date.now() + 900_000,
  };
  assert.equal(await tokens.access(), 'theirs');
  assert.equal(state.refreshes, 0);
});

test('a refused renewal ends the session once; a busy server does not', async () => {
  const { state, tokens } = server();
  await tokens.keep({ ...signed, expiresIn: 10 });
  state.refuse = 'busy';
  await assert.rejects(
    tokens.access(),
    (failure: unknown) => failure instanceof ApiProblem && failure.isTemporary,
  );
  assert.equal(tokens.signedIn, true);
  state.refuse = 'auth.refresh_reused';
  assert.deepEqual(await Promise.all([tokens.access(), tokens.access()]), [null, null]);
  assert.deepEqual(state.ended, ['auth.refresh_reused']);
  assert.equal(state.stored, null);
});

const theirs = { accessToken: 'b1', refreshToken: 's1', expiresIn: 900 };

test('a renewal that is answered after the person has gone brings nothing back, and harms nobody who came', async () => {
  for (const refuse of ['', 'auth.refresh_invalid']) {
    const { gate, state, tokens } = server();
    await tokens.keep({ ...signed, expiresIn: 10 }, 'ada');
    let answer = () => {};
    gate.open = new Promise((resolve) => (answer = resolve));
    state.refuse = refuse;
    const late = tokens.access();
    while (state.refreshes === 0) await new Promise((resolve) => setImmediate(resolve));
    await tokens.forget();
    await tokens.keep(theirs, 'bob');
    answer();
    assert.equal(await late, null);
    assert.equal(await tokens.access(), 'b1');
    assert.equal(state.stored?.accessToken, 'b1');
    assert.deepEqual(state.ended, []);
  }
});

test('what one person asked is never asked again as another', async () => {
  const { api, gate, state, tokens } = server();
  await tokens.keep(signed, 'ada');
  state.access = 'b1';
  let answer = () => {};
  gate.open = new Promise((resolve) => (answer = resolve));
  const asked = api.POST('/api/chat/rooms/{id}/messages', {
    params: { path: { id: 'r' } },
    body: { clientId: 'c', text: 'Hi' },
  });
  while (state.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await tokens.keep(theirs, 'bob');
  answer();
  await assert.rejects(asked, { code: 'auth.unauthenticated' });
  assert.deepEqual(state.seen, ['Bearer a1']);
});

test('where another person has signed in in another tab the session ends, and theirs stays', async () => {
  const { state, tokens } = server();
  await tokens.keep({ ...signed, expiresIn: 10 }, 'ada');
  state.stored = {
    accessToken: 'b1',
    refreshToken: 's1',
    expiresAt: Date.now() + 900_000,
    owner: 'bob',
  };
  assert.equal(await tokens.access(), null);
  assert.deepEqual(state.ended, ['auth.unauthenticated']);
  await tokens.forget();
  assert.equal(state.stored?.owner, 'bob');
});

test('a renewal on its way while another tab signs out, or another person in, writes nothing over that', async () => {
  const bobs = { accessToken: 'b1', refreshToken: 's1', expiresAt: Date.now() + 900_000, owner: 'bob' };
  for (const stored of [bobs, null]) {
    const { gate, state, tokens } = server();
    await tokens.keep({ ...signed, expiresIn: 10 }, 'ada');
    let answer = () => {};
    gate.open = new Promise((resolve) => (answer = resolve));
    const late = tokens.access();
    while (state.refreshes === 0) await new Promise((resolve) => setImmediate(resolve));
    state.stored = stored;
    answer();
    assert.equal(await late, null);
    assert.deepEqual([state.stored, state.ended], [stored, ['auth.unauthenticated']]);
  }
});

test('a failed answer is a problem with its code, and no answer is a problem too', async () => {
  const { api } = server();
  await assert.rejects(api.GET('/api/chat/rooms'), (failure: unknown) => {
    assert.ok(failure instanceof ApiProblem);
    assert.deepEqual([failure.status, failure.code, failure.requestId], [401, 'auth.unauthenticated', 'q']);
    return true;
  });
  const { tokens } = server();
  const dead = createApiClient({
    baseUrl: 'http://test',
    tokens,
    fetch: () => Promise.reject(new TypeError('no line')),
  });
  await assert.rejects(dead.GET('/api/chat/rooms'), {
    code: 'client.offline',
    status: 0,
  });
});
