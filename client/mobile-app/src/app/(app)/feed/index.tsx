// Owns the route of this screen.
export { FeedScreen as default } from '@/features/feed/screens/FeedScreen';
