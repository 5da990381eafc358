// Owns the route of this screen.
export { CouponsScreen as default } from '@/features/creator/screens/CouponsScreen';
