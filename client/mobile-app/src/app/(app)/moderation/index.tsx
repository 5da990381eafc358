// Owns the route of this screen.
export { CardQueueScreen as default } from '@/features/moderation/screens/CardQueueScreen';
