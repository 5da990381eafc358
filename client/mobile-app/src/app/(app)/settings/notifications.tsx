// Owns the route of this screen.
export { NotificationPreferencesScreen as default } from '@/features/notifications/screens/NotificationPreferencesScreen';
