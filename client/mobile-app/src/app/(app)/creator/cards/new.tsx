// Owns the route of this screen.
export { NewCardScreen as default } from '@/features/creator/screens/CardEditorScreen';
