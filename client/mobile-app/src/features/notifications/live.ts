// Owns what notifications do with events: the badge and the list follow at once, and what is open is asked for again.
import { postKeys } from '@/features/posts/api';
import { queryClient } from '@/lib/query';
import { registerLive } from '@/lib/realtime';
import { notificationKeys, setUnread, takeItem } from './api';

registerLive({
  userEvent: (event) => {
    if (event.t !== 'notification') return;
    const { item, unread } = event.d;
    setUnread(unread);
    if (!item) {
      void queryClient.invalidateQueries({ queryKey: notificationKeys.lists });
      return;
    }
    takeItem(item);
    if (item.subject.type !== 'post' && item.subject.type !== 'comment') return;
    const { postId } = item.subject;
    // Asked again only where somebody looks at it; else when it is opened.
    void queryClient.invalidateQueries({ queryKey: postKeys.comments(postId) });
    void queryClient.invalidateQueries({ queryKey: postKeys.post(postId) });
  },
  connected: () => {
    void queryClient.invalidateQueries({ queryKey: notificationKeys.unread });
    void queryClient.invalidateQueries({ queryKey: notificationKeys.lists });
  },
});
