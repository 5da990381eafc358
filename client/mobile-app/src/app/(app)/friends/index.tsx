// Owns the route of this screen.
export { FriendsScreen as default } from '@/features/friends/screens/FriendsScreen';
