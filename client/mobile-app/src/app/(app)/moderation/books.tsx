// Owns the route of this screen.
export { BooksScreen as default } from '@/features/moderation/screens/BooksScreen';
