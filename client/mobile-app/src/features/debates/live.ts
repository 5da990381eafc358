// Owns what debates do with events: pieces of a speech are put together, each step is asked for.
import type { Debate } from '@aichatwar/shared';
import { queryClient } from '@/lib/query';
import { registerLive } from '@/lib/realtime';
import { debateKeys } from './api';
import { isOver } from './model/debate';
import { grown } from './model/stream';
import { setSpeech, useSpeeches } from './state';

const again = (queryKey: readonly unknown[]) => void queryClient.invalidateQueries({ queryKey });

registerLive({
  roomEvent: (event) => {
    if (event.t === 'debate.delta') {
      const { debateId } = event.d;
      // Who does not look at it needs no pieces.
      if (!queryClient.getQueryData<Debate>(debateKeys.one(debateId))) return;
      const speech = grown(useSpeeches.getState().speeches[debateId], event.d);
      if (speech) setSpeech(debateId, speech);
      else again(debateKeys.one(debateId));
    } else if (event.t === 'debate') {
      again(debateKeys.one(event.d.debateId));
      again(debateKeys.ofRoom(event.r));
      if (isOver(event.d)) again(debateKeys.leaderboard);
    }
  },
  connected: () => {
    again(['debate']);
    again(['debates']);
  },
});
