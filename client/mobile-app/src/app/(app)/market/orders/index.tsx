// Owns the route of this screen.
export { OrdersScreen as default } from '@/features/market/screens/OrdersScreen';
