// Owns the route of this screen.
export { RoomScreen as default } from '@/features/chat/screens/RoomScreen';
