// Owns where the main navigation leads: one line per place, in the order in which they stand.
import type { Href } from 'expo-router';
import type { IconName } from '@/design';
import { useUnreadChats } from '@/features/chat/useUnreadChats';
import { useRequestCount } from '@/features/friends/api';

export interface Destination {
  /** The folder of its routes. */
  name: string;
  href: Href;
  icon: IconName;
  iconOn: IconName;
  label: 'chats' | 'friends' | 'settings';
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
    name: 'friends',
    href: '/friends',
    icon: 'people-outline',
    iconOn: 'people',
    label: 'friends',
    useCount: useRequestCount,
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
