// Owns the route of this screen.
export { AccountScreen as default } from '@/features/profile/screens/AccountScreen';
