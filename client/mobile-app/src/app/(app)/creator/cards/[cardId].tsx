// Owns the route of this screen.
export { CardEditorScreen as default } from '@/features/creator/screens/CardEditorScreen';
