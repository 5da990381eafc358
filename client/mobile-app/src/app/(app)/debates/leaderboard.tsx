// Owns the route of this screen.
export { LeaderboardScreen as default } from '@/features/debates/screens/LeaderboardScreen';
