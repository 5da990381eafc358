// Owns the route of this screen.
export { RoomDetailsScreen as default } from '@/features/chat/screens/RoomDetailsScreen';
