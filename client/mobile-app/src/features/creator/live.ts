// Owns what selling does when the line has been away: what came meanwhile is asked for.
import { queryClient } from '@/lib/query';
import { registerLive } from '@/lib/realtime';
import { creatorKeys } from './api';

registerLive({
  connected: () => {
    for (const queryKey of [creatorKeys.cards, creatorKeys.sales, creatorKeys.balance])
      void queryClient.invalidateQueries({ queryKey });
  },
});
