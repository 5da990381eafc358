// Owns the route of this screen.
export { WalletScreen as default } from '@/features/market/screens/WalletScreen';
