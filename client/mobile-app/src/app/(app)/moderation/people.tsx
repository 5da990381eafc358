// Owns the route of this screen.
export { PersonQueueScreen as default } from '@/features/moderation/screens/PersonQueueScreen';
