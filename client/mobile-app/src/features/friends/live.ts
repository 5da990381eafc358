// Owns what friendship does with events: what it holds is asked for again.
import { registerLive } from '@/lib/realtime';
import { refreshFriends } from './api';

registerLive({
  userEvent: ({ t }) => {
    if (t.startsWith('friend.')) void refreshFriends();
  },
});
