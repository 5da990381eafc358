// Owns the route of this screen.
export { EditProfileScreen as default } from '@/features/profile/screens/EditProfileScreen';
