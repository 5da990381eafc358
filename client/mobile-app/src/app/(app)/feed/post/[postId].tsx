// Owns the route of this screen.
export { PostScreen as default } from '@/features/posts/screens/PostScreen';
