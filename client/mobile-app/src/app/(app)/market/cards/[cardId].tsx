// Owns the route of this screen.
export { CardScreen as default } from '@/features/market/screens/CardScreen';
