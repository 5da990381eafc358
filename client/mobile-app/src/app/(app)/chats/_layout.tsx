// Owns the frame of chats: the list of rooms beside them where there is room.
import { ChatsPane } from '@/features/chat/components/ChatsPane';
import { TwoPane } from '@/shell/TwoPane';

/** A link to a room has the list behind it. */
export const unstable_settings = { initialRouteName: 'index' };

export default function ChatsLayout() {
  return <TwoPane list={<ChatsPane />} />;
}
