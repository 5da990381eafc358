// Owns the route of this screen.
export { ComposeScreen as default } from '@/features/posts/screens/ComposeScreen';
