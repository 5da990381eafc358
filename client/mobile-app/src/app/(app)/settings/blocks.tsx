// Owns the route of this screen.
export { BlocksScreen as default } from '@/features/profile/screens/BlocksScreen';
