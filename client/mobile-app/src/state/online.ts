// Owns which people are there right now, as the live connection tells.
import { create } from 'zustand';
import { registerLive } from '@/lib/realtime';

export const useOnline = create<{ people: Record<string, true> }>(() => ({ people: {} }));

registerLive({
  userEvent: (event) => {
    if (event.t !== 'presence') return;
    const { userId, online } = event.d;
    useOnline.setState(({ people }) => {
      const { [userId]: _gone, ...others } = people;
      return { people: online ? { ...others, [userId]: true as const } : others };
    });
  },
  // Nobody is known to be there; the next connection tells who is.
  disconnected: () => useOnline.setState({ people: {} }),
});
