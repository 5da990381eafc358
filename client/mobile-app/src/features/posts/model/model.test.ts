// Tells which parts of a text lead somewhere, how comments stand, and how a reaction looks at once.
import { queryClient } from '@/lib/query';
import { post } from '../../../../test/posts';
import { addPost, changePost, dropPost, postKeys } from './caches';
import { withReaction } from './reactions';
import { piecesOf } from './richText';
import { threaded } from './threads';

const kinds = (text: string, handles: string[] = []) =>
  piecesOf(
    text,
    handles.map((handle) => ({ handle, userId: `u-${handle}` })),
  ).map((piece) => `${piece.kind}:${piece.text}`);

test('tags, people who are named and addresses lead somewhere, and nothing else', () => {
  expect(kinds('Hi @ada, see #Größe_1!', ['ada'])).toEqual([
    'text:Hi ',
    'mention:@ada',
    'text:, see ',
    'tag:#Größe_1',
    'text:!',
  ]);
  expect(kinds('a@b.com #123 @nobody C#sharp')).toEqual(['text:a@b.com #123 @nobody C#sharp']);
  expect(kinds('(https://a.org/x#y).')).toEqual(['text:(', 'link:a.org/x#y', 'text:).']);
  expect(piecesOf('#ÄPFEL', [])[0]).toMatchObject({ tag: 'äpfel' });
});

test('answers stand under the first comment of their thread, wherever pages cut them', () => {
  const comment = (id: string, threadId: string | null) => ({ id, threadId }) as never;
  const rows = threaded([comment('a', null), comment('b', null), comment('a1', 'a'), comment('x1', 'x')]);
  expect(rows.map(({ comment: { id }, answer }) => `${id}${answer ? '>' : ''}`)).toEqual([
    'a',
    'a1>',
    'b',
    'x1>',
  ]);
});

test('one person has one reaction: another takes its place, and back is as before', () => {
  const before = post({ reactions: [{ kind: 'like', count: 2 }], myReaction: 'like' });
  const loved = withReaction(before, 'love');
  expect(loved.reactions).toEqual([
    { kind: 'like', count: 1 },
    { kind: 'love', count: 1 },
  ]);
  expect(withReaction(loved, 'like').reactions).toEqual(before.reactions);
  expect(withReaction(post({ reactions: [], myReaction: null }), null).reactions).toEqual([]);
});

test('a change of a post goes through every list that holds it, and the others stay the same', () => {
  const page = { items: [post(), post({ id: 'p-2' })], nextCursor: null };
  const other = { pages: [{ items: [post({ id: 'p-3' })], nextCursor: null }], pageParams: [undefined] };
  queryClient.setQueryData(postKeys.byTag('sea'), { pages: [page], pageParams: [undefined] });
  queryClient.setQueryData(postKeys.byTag('other'), other);
  queryClient.setQueryData(postKeys.feed('latest'), {
    pages: [{ items: [{ post: post(), reason: {} }], nextCursor: null, newest: 'p-1' }],
    pageParams: [undefined],
  });
  changePost('p-1', (held) => ({ ...held, text: 'changed' }));
  const words = () => JSON.stringify(queryClient.getQueryData(postKeys.byTag('sea')));
  expect(words()).toContain('changed');
  expect(JSON.stringify(queryClient.getQueryData(postKeys.feed('latest')))).toContain('changed');
  expect(queryClient.getQueryData(postKeys.byTag('other'))).toBe(other);
  dropPost('p-1');
  expect(words()).not.toContain('p-1');
  addPost(post({ id: 'p-9', text: 'new' }));
  expect(JSON.stringify(queryClient.getQueryData(postKeys.feed('latest')))).toContain('p-9');
});
