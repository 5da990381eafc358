// Tells what is kept on the device: no more than fits, and the latest.
import { dehydrate, QueryClient } from '@tanstack/react-query';
import { fitting } from './query';

test('what does not fit is not kept, and what changed last comes first', () => {
  const client = new QueryClient();
  const put = (name: string, chars: number, updatedAt: number) =>
    client.setQueryData([name], 'x'.repeat(chars), { updatedAt });
  put('old', 400, 1);
  put('large', 5_000, 3);
  put('new', 400, 4);
  put('middle', 400, 2);
  const kept = fitting(dehydrate(client).queries, 1_600);
  expect(kept.map(({ queryKey }) => queryKey[0])).toEqual(['new', 'middle']);
  client.clear();
});
