// Owns the route of this screen.
export { TagScreen as default } from '@/features/posts/screens/TagScreen';
