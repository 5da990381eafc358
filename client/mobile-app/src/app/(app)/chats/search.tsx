// Owns the route of this screen.
export { SearchScreen as default } from '@/features/chat/screens/SearchScreen';
