// Owns the route of this screen.
export { ChatsScreen as default } from '@/features/chat/screens/ChatsScreen';
