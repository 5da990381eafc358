// Owns the route of this screen.
export { PrivacyScreen as default } from '@/features/profile/screens/PrivacyScreen';
