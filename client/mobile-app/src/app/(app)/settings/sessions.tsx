// Owns the route of this screen.
export { SessionsScreen as default } from '@/features/settings/screens/SessionsScreen';
