// Owns the route of this screen.
export { DebatesScreen as default } from '@/features/debates/screens/DebatesScreen';
