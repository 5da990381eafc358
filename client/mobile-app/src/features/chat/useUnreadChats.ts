// Owns in how many rooms there is something new.
import { useRooms } from './api';

export const useUnreadChats = (): number => useRooms().data?.filter((room) => room.unread > 0).length ?? 0;
