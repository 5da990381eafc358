// Owns the route of this screen.
export { ProfileScreen as default } from '@/features/profile/screens/ProfileScreen';
