// Tells what the pure parts of chat promise.
import { message, room } from '../../../../test/samples';
import { fromNewest, personal, take } from './log';
import { mentionAt, suggestions } from './mentions';
import { caughtUp, withMessage, withRead } from './rooms';
import { timeline } from './timeline';

const page = (from: number, to: number, hasMoreBefore = false) => ({
  items: Array.from({ length: to - from + 1 }, (_, index) => message({ seq: from + index })),
  hasMoreBefore,
  hasMoreAfter: false,
  nextCursor: null,
});
const seqs = (log: { messages: { seq: number }[] } | null) => log?.messages.map(({ seq }) => seq);

test('a history never has a gap: what does not follow is refused, what is older replaces by version', () => {
  const log = fromNewest(page(4, 6));
  expect(seqs(take(log, message({ seq: 7 })))).toEqual([4, 5, 6, 7]);
  expect(take(log, message({ seq: 9 }))).toBeNull();
  expect(take(log, message({ seq: 5, version: 1 }))).toBe(log);
  expect(take(log, message({ seq: 5, version: 2, text: 'new' }))?.messages[1]?.text).toBe('new');
  expect(take(log, message({ seq: 2, id: 'unknown' }))).toBe(log);
});

test('a newest page joins what is held only where they touch', () => {
  const held = fromNewest(page(1, 5));
  expect(seqs(fromNewest(page(4, 8, true), held))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(seqs(fromNewest(page(9, 10, true), held))).toEqual([9, 10]);
});

test('a reaction is mine when I am named, or when I was known and not all are named', () => {
  const live = message({ reactions: [{ emoji: '👍', count: 2, userIds: ['x', 'me'] }] });
  expect(personal(live, 'me').reactions[0]?.mine).toBe(true);
  const many = message({ reactions: [{ emoji: '👍', count: 30, userIds: ['x'] }] });
  expect(personal(many, 'me').reactions[0]?.mine).toBe(false);
  expect(
    personal(many, 'me', message({ reactions: [{ emoji: '👍', count: 29, mine: true }] })).reactions[0]?.mine,
  ).toBe(true);
});

test('a message moves its room up and counts once; reading takes the count away', () => {
  const rooms = [room({ id: 'other', updatedAt: '2026-03-02T00:00:00.000Z' }), room()];
  const next = withMessage(rooms, message({ seq: 2, createdAt: '2026-03-03T00:00:00.000Z' }), 'u-ada');
  expect(next.map(({ id }) => id)).toEqual(['r-1', 'other']);
  expect(next[0]?.unread).toBe(1);
  expect(withMessage(next, message({ seq: 2 }), 'u-ada')[0]?.unread).toBe(1);
  expect(withRead(next, 'r-1', 2, 0)[0]).toMatchObject({ unread: 0, readSeq: 2 });
});

test('a list that was on its way while messages came does not take them away again', () => {
  const said = room({ title: 'New name', lastSeq: 1, unread: 1 });
  const [held] = withMessage([room({ lastSeq: 1, unread: 1 })], message({ seq: 2 }), 'u-ada');
  const heard = [message({ seq: 2 })];
  const caught = (now = said) => caughtUp(now, held, heard, 'u-ada');
  expect(caught()).toMatchObject({ title: 'New name', lastSeq: 2, unread: 2 });
  expect(caught().lastMessage?.seq).toBe(2);
  expect(caught({ ...said, epoch: 'restored' }).lastSeq).toBe(1);
  expect(caught({ ...said, lastSeq: 3 }).lastSeq).toBe(3);
  expect(caughtUp(said, undefined, [], 'u-ada')).toBe(said);
  // What the device held was of before the marker was moved; of what one said oneself nothing is unread.
  expect(caught({ ...said, readSeq: 1, unread: 0 }).unread).toBe(1);
  const mine = [message({ seq: 2, author: { kind: 'user', id: 'u-ada', name: 'Ada' } })];
  expect(caughtUp({ ...said, readSeq: 1, unread: 0 }, held, mine, 'u-ada').unread).toBe(0);
  const readSince = withRead(held ? [held] : [], 'r-1', 2, 0)[0];
  expect(caughtUp(said, readSince, heard, 'u-ada').unread).toBe(0);
});

test('rows: days, groups, what is new, and a sent message keeps its key', () => {
  const rows = timeline({
    messages: [
      message({ seq: 1, createdAt: '2026-03-01T10:00:00.000Z' }),
      message({ seq: 2, createdAt: '2026-03-01T10:01:00.000Z' }),
      message({
        seq: 3,
        createdAt: '2026-03-02T10:01:00.000Z',
        clientId: 'c1',
        author: { kind: 'user', id: 'me', name: 'Me' },
      }),
    ],
    waiting: [
      { clientId: 'c2', roomId: 'r-1', text: 'later', replyTo: null, createdAt: '2026-03-02T10:02:00.000Z' },
    ],
    streams: [
      { messageId: 'm-2', agentId: 'a' },
      { messageId: 's', agentId: 'a' },
    ],
    me: 'me',
    newAfter: 1,
  });
  expect(rows.map(({ kind }) => kind)).toEqual([
    'day',
    'message',
    'new',
    'message',
    'day',
    'message',
    'waiting',
    'stream',
  ]);
  expect(rows.map(({ key }) => key)).toEqual(expect.arrayContaining(['m-1', 'm-2', 'c1', 'c2', 's']));
  expect(rows[1]).toMatchObject({ first: true, last: false });
});

test('a name is completed where the caret stands', () => {
  expect(mentionAt('hello @sa', 9)).toEqual({ start: 6, words: 'sa' });
  expect(mentionAt('mail@sage', 9)).toBeNull();
  expect(suggestions(room(), 'sa').map(({ handle }) => handle)).toEqual(['sage']);
});
