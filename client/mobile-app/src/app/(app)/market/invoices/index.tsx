// Owns the route of this screen.
export { InvoicesScreen as default } from '@/features/market/screens/InvoicesScreen';
