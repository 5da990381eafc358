// Owns the route of this screen.
export { ForgotPasswordScreen as default } from '@/features/auth/screens/ForgotPasswordScreen';
