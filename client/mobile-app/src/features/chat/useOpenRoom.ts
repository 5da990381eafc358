// Owns the way into a room: pushed on a phone; where the list stands beside it, in place of the room that was open.
import { useRouter } from 'expo-router';
import { useCallback } from 'react';
import { useIsWide } from '@/design';

export function useOpenRoom(): (roomId: string, jump?: string) => void {
  const router = useRouter();
  const wide = useIsWide();
  return useCallback(
    (roomId, jump) => {
      const href = { pathname: '/chats/[roomId]', params: jump ? { roomId, jump } : { roomId } } as const;
      if (wide) router.dismissTo(href);
      else router.navigate(href);
    },
    [router, wide],
  );
}
