// Owns the route of this screen.
export { SecurityScreen as default } from '@/features/settings/screens/SecurityScreen';
