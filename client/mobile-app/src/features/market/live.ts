// Owns what the market does with events: an order that moves is asked for again, and what it brings.
import { queryClient } from '@/lib/query';
import { registerLive } from '@/lib/realtime';
import { chatKeys } from '@/features/chat/api';
import { marketKeys } from './api';

const again = (queryKey: readonly unknown[]) => void queryClient.invalidateQueries({ queryKey });

registerLive({
  userEvent: (event) => {
    if (event.t !== 'order') return;
    const { id, status } = event.d;
    again(marketKeys.order(id));
    again(marketKeys.orders);
    if (status === 'completed' || status === 'refunded') {
      again(marketKeys.entitlements);
      again(marketKeys.invoices);
      again(chatKeys.agents);
    }
  },
  // What was told meanwhile was not heard.
  connected: () => {
    again(['order']);
    again(marketKeys.orders);
  },
});
