// Owns the route of this screen.
export { DebateScreen as default } from '@/features/debates/screens/DebateScreen';
