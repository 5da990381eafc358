// Owns the route of this screen.
export { NotificationsScreen as default } from '@/features/notifications/screens/NotificationsScreen';
