// Owns the route of this screen.
export { MyAgentsScreen as default } from '@/features/market/screens/MyAgentsScreen';
