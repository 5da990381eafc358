// Owns the route of this screen.
export { SettingsScreen as default } from '@/features/settings/screens/SettingsScreen';
