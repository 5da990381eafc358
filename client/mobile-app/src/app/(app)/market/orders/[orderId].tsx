// Owns the route of this screen.
export { OrderScreen as default } from '@/features/market/screens/OrderScreen';
