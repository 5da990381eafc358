// Owns that how I stand with people is asked again when the line is back: what was kept may be older than what happened meanwhile.
import { friendKeys } from '@/features/friends/api';
import { queryClient } from '@/lib/query';
import { registerLive } from '@/lib/realtime';

registerLive({
  connected: () => {
    void queryClient.invalidateQueries({ queryKey: friendKeys.all });
    void queryClient.invalidateQueries({ queryKey: friendKeys.requests });
  },
});
