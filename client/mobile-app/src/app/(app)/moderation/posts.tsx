// Owns the route of this screen.
export { PostQueueScreen as default } from '@/features/moderation/screens/PostQueueScreen';
