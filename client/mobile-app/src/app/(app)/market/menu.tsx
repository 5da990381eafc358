// Owns the route of this screen.
export { MenuScreen as default } from '@/features/market/screens/MenuScreen';
