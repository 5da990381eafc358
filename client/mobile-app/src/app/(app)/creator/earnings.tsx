// Owns the route of this screen.
export { EarningsScreen as default } from '@/features/creator/screens/EarningsScreen';
