// Owns the route of this screen.
export { NewDebateScreen as default } from '@/features/debates/screens/NewDebateScreen';
