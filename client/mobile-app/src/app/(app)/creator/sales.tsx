// Owns the route of this screen.
export { SalesScreen as default } from '@/features/creator/screens/SalesScreen';
