// Owns where the main navigation leads: one line per place, in the order in which they stand.
import type { Href } from 'expo-router';
import type { IconName } from '@/design';
import { useUnreadChats } from '@/features/chat/useUnreadChats';
import { useUnpaidOrders } from '@/features/market/api';
import { useRequestCount } from '@/features/friends/api';
import { useUnreadNotifications } from '@/features/notifications/api';

export interface Destination {
  /** The folder of its routes. */
  name: string;
  href: Href;
  icon: IconName;
  iconOn: IconName;
  label: 'activity' | 'chats' | 'feed' | 'friends' | 'market' | 'settings';
  /** Folders of routes that belong to this place too. */
  also?: readonly string[];
  /** In the rail only: on a phone the bell in the bars leads there. */
  besideOnly?: true;
  /** A hook that counts what is new. */
  useCount: () => number;
}

const useNothing = (): number => 0;

export const destinations: readonly Destination[] = [
  {
    name: 'chats',
    href: '/chats',
    icon: 'chatbubbles-outline',
    iconOn: 'chatbubbles',
    label: 'chats',
    useCount: useUnreadChats,
  },
  {
    name: 'feed',
    href: '/feed' as Href,
    icon: 'newspaper-outline',
    iconOn: 'newspaper',
    label: 'feed',
    useCount: useNothing,
  },
  {
    name: 'friends',
    href: '/friends',
    icon: 'people-outline',
    iconOn: 'people',
    label: 'friends',
    useCount: useRequestCount,
  },
  {
    name: 'market',
    href: '/market',
    icon: 'storefront-outline',
    iconOn: 'storefront',
    label: 'market',
    also: ['creator', 'debates', 'moderation'],
    useCount: useUnpaidOrders,
  },
  {
    name: 'notifications',
    href: '/notifications' as Href,
    icon: 'notifications-outline',
    iconOn: 'notifications',
    label: 'activity',
    besideOnly: true,
    useCount: useUnreadNotifications,
  },
  {
    name: 'settings',
    href: '/settings',
    icon: 'settings-outline',
    iconOn: 'settings',
    label: 'settings',
    useCount: useNothing,
  },
];
