// Owns the route of this screen.
export { CatalogueScreen as default } from '@/features/market/screens/CatalogueScreen';
