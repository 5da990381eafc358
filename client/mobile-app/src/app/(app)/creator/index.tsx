// Owns the route of this screen.
export { MyCardsScreen as default } from '@/features/creator/screens/MyCardsScreen';
