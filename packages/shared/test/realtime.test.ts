// Tells what the socket client promises: it comes back, and each message is heard once, in order, or a reset is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../src/realtime/backoff';
import { RealtimeClient, type SocketState } from '../src/realtime/client';
import type { RoomEvent } from '../src/realtime/frames';
import type { StreamText } from '../src/realtime/streams';
import { Clock, Line, settle } from './lines';

function rig(token: (stale: string | null) => Promise<string | null> = async () => 'token') {
  const lines: Line[] = [];
  const states: SocketState[] = [];
  const events: RoomEvent[] = [];
  const streams: StreamText[] = [];
  const told: string[] = [];
  const clock = new Clock();
  const client = new RealtimeClient({
    url: 'ws://test/realtime',
    token,
    open: () => {
      const line = new Line();
      lines.push(line);
      return line;
    },
    backoff: new Backoff({ baseMs: 1_000, random: () => 1 }),
    timers: clock.timers,
    now: clock.now,
    listener: {
      onState: (state) => states.push(state),
      onRoomEvent: (event) => events.push(event),
      onStream: (_room, stream) => streams.push(stream),
      onReset: (room) => told.push(`reset ${room}`),
      onRefused: (room) => told.push(`refused ${room}`),
      onCaughtUp: (room, seq) => told.push(`caught up ${room} ${seq}`),
      onEnded: (code) => told.push(`ended ${code}`),
    },
  });
  const last = () => lines.at(-1) as Line;
  return { client, clock, events, last, lines, states, streams, told };
}

const message = (r: string, o: number) => ({
  op: 'ev',
  t: 'message.sent',
  r,
  o,
  d: { id: `m${o}`, seq: o, text: '' },
});
const piece = (pos: number, text: string, attempt = 1) => ({
  op: 'ai',
  r: 'a',
  messageId: 'x',
  runId: 'run',
  agentId: 'agent',
  attempt,
  pos,
  text,
});
const seqs = (events: RoomEvent[]) => events.map((event) => event.o);

async function connected() {
  const world = rig();
  world.client.start();
  await settle();
  world.last().welcome();
  return world;
}

test('the token is shown in the first frame and never in the address', async () => {
  const { last, states } = await connected();
  assert.deepEqual(last().sent[0], { op: 'auth', token: 'token' });
  assert.deepEqual(states, ['connecting', 'ready']);
});

test('a broken line is opened again and every room is resumed from where it was heard', async () => {
  const { client, clock, events, last, lines, told } = await connected();
  client.follow('a', 4, 'e1');
  assert.deepEqual(last().asked('sub')[0]?.rooms, [{ r: 'a', o: 4, e: 'e1' }]);
  last().say({ op: 'subbed', r: 'a', o: 4, e: 'e1', recovered: true });
  last().say(message('a', 5));
  last().break();
  clock.pass(1_000);
  await settle();
  assert.equal(lines.length, 2);
  last().welcome();
  assert.deepEqual(last().asked('sub')[0]?.rooms, [{ r: 'a', o: 5, e: 'e1' }]);
  last().say({ op: 'batch', ev: [message('a', 6), message('a', 7)] });
  last().say({ op: 'subbed', r: 'a', o: 7, e: 'e1', recovered: true });
  assert.deepEqual(seqs(events), [5, 6, 7]);
  assert.deepEqual(told, ['caught up a 4', 'caught up a 7']);
});

test('a message that was heard already is dropped, and one after a gap waits for the ones before it', async () => {
  const { client, events, last } = await connected();
  client.follow('a', 1);
  last().say(message('a', 2));
  last().say(message('a', 2));
  last().say(message('a', 4));
  assert.deepEqual(seqs(events), [2]);
  assert.deepEqual(last().asked('sub').at(-1)?.rooms, [{ r: 'a', o: 2 }]);
  last().say(message('a', 3));
  last().say(message('a', 4));
  assert.deepEqual(seqs(events), [2, 3, 4]);
});

test('events of a room that is followed no more are not told', async () => {
  const { client, events, last } = await connected();
  client.follow('a', 1);
  client.unfollow('a');
  last().say(message('a', 2));
  assert.deepEqual(events, []);
  assert.deepEqual(last().asked('unsub')[0]?.rooms, ['a']);
});

test('a reset is told, and the room goes on from the next message', async () => {
  const { client, events, last, told } = await connected();
  client.follow('a', 1, 'old');
  last().say({ op: 'reset', r: 'a' });
  client.advance('a', 900);
  last().say(message('a', 900));
  last().say(message('a', 901));
  assert.deepEqual(told, ['reset a']);
  assert.deepEqual(seqs(events), [901]);
});

test('a room that is not there is forgotten; one that is busy is asked again', async () => {
  const { client, clock, last, told } = await connected();
  client.follow('gone');
  client.follow('busy');
  last().say({ op: 'err', id: 'sub', r: 'gone', code: 'chat.not_found' });
  last().say({
    op: 'err',
    id: 'sub',
    r: 'busy',
    code: 'internal',
    retryAfterMs: 200,
  });
  assert.deepEqual(told, ['refused gone']);
  clock.pass(200);
  assert.deepEqual(last().asked('sub').at(-1)?.rooms, [{ r: 'busy' }]);
});

test('pieces of a reply become one text; a gap asks for the text so far; a new attempt begins again', async () => {
  const { client, last, streams } = await connected();
  client.follow('a', 0);
  last().say(piece(0, 'Gr'));
  last().say(piece(2, '\u00fc\u{1F600}'));
  last().say(piece(2, '\u00fc\u{1F600}'));
  last().say(piece(3, '\u{1F600}e'));
  last().say(piece(9, 'lost'));
  assert.equal(streams.at(-1)?.text, 'Gr\u00fc\u{1F600}e');
  assert.equal(streams.length, 3);
  assert.equal(last().asked('sub').length, 2);
  last().say(piece(0, 'Gr\u00fc\u{1F600}e dich'));
  assert.equal(streams.at(-1)?.text, 'Gr\u00fc\u{1F600}e dich');
  last().say(piece(0, 'Hi', 2));
  last().say(piece(0, 'Gr\u00fc', 1));
  assert.equal(streams.at(-1)?.text, 'Hi');
});

test('a ping is answered, and a line on which nothing is heard is given up', async () => {
  const { clock, last, lines, states } = await connected();
  last().say({ op: 'ping' });
  assert.equal(last().asked('pong').length, 1);
  clock.pass(2_500);
  assert.equal(lines[0]?.closed, true);
  assert.equal(states.at(-1), 'waiting');
});

test('who writes for long and hears nothing asks whether the server is there, which does not ping them', async () => {
  const { client, clock, last, lines } = await connected();
  for (const answers of [true, false]) {
    clock.pass(2_000);
    client.typing('a');
    clock.pass(500);
    assert.equal(lines[0]?.closed, false);
    assert.equal(last().asked('auth').at(-1)?.token, 'token');
    if (answers) last().say({ op: 'ready', userId: 'me' });
  }
  assert.equal(last().asked('auth').length, 3);
  clock.pass(1_000);
  assert.equal(lines[0]?.closed, true);
});

test('failures in a row are waited for longer and longer, and waking does not wait', async () => {
  const { client, clock, last, lines } = await connected();
  last().break();
  clock.pass(1_000);
  await settle();
  last().break();
  clock.pass(1_000);
  await settle();
  assert.equal(lines.length, 2);
  client.wake();
  await settle();
  assert.equal(lines.length, 3);
});

test('a server that drains says when to come back', async () => {
  const { clock, last, lines } = await connected();
  last().say({ op: 'reconnect', afterMs: 300 });
  assert.equal(last().closed, true);
  clock.pass(300);
  await settle();
  assert.equal(lines.length, 2);
});

test('a session that has ended is not tried again', async () => {
  const { clock, last, lines, states, told } = await connected();
  last().break(4502);
  clock.pass(60_000);
  await settle();
  assert.equal(lines.length, 1);
  assert.deepEqual(told, ['ended 4502']);
  assert.equal(states.at(-1), 'ended');
});

test('a token that ends soon is renewed on the same line', async () => {
  const { client, last, lines } = rig(async (stale) => (stale === 'token 1' ? 'token 2' : 'token 1'));
  client.start();
  await settle();
  last().welcome();
  last().say({ op: 'auth_expiring', inMs: 60_000 });
  await settle();
  assert.deepEqual(
    last()
      .asked('auth')
      .map((frame) => frame.token),
    ['token 1', 'token 2'],
  );
  assert.equal(lines.length, 1);
});

test('a refused token is replaced by another one; when that is refused too, it is the end', async () => {
  const asked: (string | null)[] = [];
  const { client, clock, last, lines, told } = rig(async (stale) => {
    asked.push(stale);
    return stale === null ? 'old' : 'new';
  });
  client.start();
  await settle();
  last().welcome();
  last().break(4501);
  clock.pass(1_000);
  await settle();
  last().open();
  assert.deepEqual(asked, [null, 'old']);
  assert.deepEqual(last().asked('auth')[0]?.token, 'new');
  assert.deepEqual(told, []);
  last().break(4501);
  clock.pass(60_000);
  await settle();
  assert.equal(lines.length, 2);
  assert.deepEqual(told, ['ended 4501']);
});

test('one place too many is not the end: it waits until it is looked at', async () => {
  const { client, clock, last, lines, states, told } = await connected();
  last().break(4504);
  clock.pass(60_000);
  await settle();
  assert.equal(lines.length, 1);
  assert.deepEqual([told, states.at(-1)], [[], 'waiting']);
  client.wake();
  await settle();
  assert.equal(lines.length, 2);
});

test('a line that does not open is given up, also when somebody wrote meanwhile', async () => {
  const { client, clock, lines } = rig();
  client.start();
  await settle();
  client.typing('a');
  clock.pass(15_000);
  clock.pass(1_000);
  await settle();
  assert.deepEqual([lines.length, lines[0]?.closed], [2, true]);
});

test('a device that wakes gives up a line on which it heard nothing while it slept, and keeps any other', async () => {
  const { client, clock, lines } = await connected();
  clock.sleep(2_000);
  client.wake();
  await settle();
  assert.equal(lines.length, 1, 'every other ping may be passed over');
  clock.sleep(600_000);
  client.wake();
  await settle();
  assert.equal(lines.length, 2);
  assert.equal(lines[0]?.closed, true);
});

test('who signs in while another connects is not taken for the other', async () => {
  const answers: ((token: string) => void)[] = [];
  const { client, last, lines } = rig(() => new Promise((resolve) => answers.push(resolve)));
  client.start();
  client.stop();
  client.start();
  answers[0]?.('of the first');
  answers[1]?.('of the second');
  await settle();
  assert.equal(lines.length, 1);
  last().open();
  assert.equal(last().sent[0]?.token, 'of the second');
});
