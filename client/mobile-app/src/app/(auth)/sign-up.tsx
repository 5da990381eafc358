// Owns the route of this screen.
export { SignUpScreen as default } from '@/features/auth/screens/SignUpScreen';
