// Owns the route of this screen.
export { SignInScreen as default } from '@/features/auth/screens/SignInScreen';
