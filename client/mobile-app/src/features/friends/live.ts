// Owns what friendship does with events: what it holds is asked for again.
import { queryClient } from '@/lib/query';
import { registerLive } from '@/lib/realtime';
import { friendKeys } from './api';

registerLive({
  userEvent: ({ t }) => {
    if (!t.startsWith('friend.')) return;
    void queryClient.invalidateQueries({ queryKey: friendKeys.all });
    void queryClient.invalidateQueries({ queryKey: friendKeys.requests });
  },
});
