// Owns the route of this screen.
export { ResetPasswordScreen as default } from '@/features/auth/screens/ResetPasswordScreen';
