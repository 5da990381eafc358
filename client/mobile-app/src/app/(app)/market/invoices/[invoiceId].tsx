// Owns the route of this screen.
export { InvoiceScreen as default } from '@/features/market/screens/InvoiceScreen';
