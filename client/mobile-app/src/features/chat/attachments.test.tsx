// Tells how what messages carry is asked for: together, and apart by rooms.
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react-native';
import '@/i18n';
import { queryClient } from '@/lib/query';
import { message } from '../../../test/samples';
import { startServer } from '../../../test/server';
import { MessageMedia } from './components/MessageMedia';

const file = (id: string) => ({
  id,
  kind: 'other',
  fileName: `${id}.pdf`,
  alt: `File of ${id}`,
  variants: [],
  expiresAt: '2999-01-01T00:00:00.000Z',
});

test('messages in sight at once are one question to each room; what is gone is said', async () => {
  queryClient.clear();
  const asked = startServer({
    'GET /api/chat/rooms/r-1/attachments': () => ({
      body: { items: ['m-1', 'm-2'].map((messageId) => ({ messageId, assets: [file(messageId)] })) },
    }),
    'GET /api/chat/rooms/r-2/attachments': () => ({ body: { items: [] } }),
  });
  render(
    <QueryClientProvider client={queryClient}>
      <MessageMedia message={message({ seq: 1 })} onAccent={false} />
      <MessageMedia message={message({ seq: 2 })} onAccent />
      <MessageMedia message={message({ seq: 3, roomId: 'r-2' })} onAccent={false} />
    </QueryClientProvider>,
  );
  expect(await screen.findByText('File of m-1')).toBeTruthy();
  expect(await screen.findByText('File of m-2')).toBeTruthy();
  expect(await screen.findByText('What was attached is gone')).toBeTruthy();
  expect(asked.map(({ path }) => path).sort()).toEqual([
    '/api/chat/rooms/r-1/attachments',
    '/api/chat/rooms/r-2/attachments',
  ]);
});
