// Owns what can be done with one friend: chat, or end the friendship after a question.
import type { User } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { attempt } from '@/lib/attempt';
import { ActionMenu } from '@/shell/ActionMenu';
import { friendActions, refreshFriends } from '../api';

export interface FriendMenuProps {
  friend: User | null;
  onClose: () => void;
  onChat: (friend: User) => void;
}

export function FriendMenu({ friend, onClose, onChat }: FriendMenuProps) {
  const { t } = useTranslation('friends');
  const end = (user: User) =>
    attempt(async () => {
      await friendActions.end(user.id);
      await refreshFriends();
    });
  return (
    <ActionMenu
      item={friend}
      title={(user) => user.displayName}
      onClose={onClose}
      deeds={(user) => [
        { icon: 'chatbubble-outline', label: t('openChat'), onPress: () => onChat(user) },
        {
          icon: 'person-remove-outline',
          label: t('end'),
          danger: true,
          asks: { title: t('endTitle', { name: user.displayName }), body: t('endBody') },
          onPress: () => void end(user),
        },
      ]}
    />
  );
}
