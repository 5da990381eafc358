// Owns the route of this screen.
export { NewRoomScreen as default } from '@/features/chat/screens/NewRoomScreen';
