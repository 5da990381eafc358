// Owns what the timeline does with events: it says that there is news, and never moves by itself.
import type { Home } from '@aichatwar/shared';
import type { InfiniteData } from '@tanstack/react-query';
import { postKeys } from '@/features/posts/api';
import { queryClient } from '@/lib/query';
import { registerLive } from '@/lib/realtime';
import { askForNews, type FeedOrder, refreshFeed } from './api';

function hear(): void {
  void askForNews();
  // Where nothing is on the screen there is nothing to move.
  for (const order of ['ranked', 'latest'] satisfies FeedOrder[]) {
    const held = queryClient.getQueryData<InfiniteData<Home>>(postKeys.feed(order));
    if (held?.pages.every(({ items }) => items.length === 0)) void refreshFeed(order).catch(() => undefined);
  }
}

registerLive({
  userEvent: ({ t }) => {
    if (t === 'feed') hear();
  },
  connected: hear,
});
