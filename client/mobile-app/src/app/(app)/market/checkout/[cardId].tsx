// Owns the route of this screen.
export { CheckoutScreen as default } from '@/features/market/screens/CheckoutScreen';
