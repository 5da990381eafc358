// Owns the route of this screen.
export { FindFriendsScreen as default } from '@/features/friends/screens/FindFriendsScreen';
