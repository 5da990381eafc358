// Owns what can be done with one friend: chat, or end the friendship after a question.
import type { User } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Confirm, Menu, Sheet, toast } from '@/design';
import { wordsFor } from '@/lib/words';
import { friendActions, refreshFriends } from '../api';

export interface FriendMenuProps {
  friend: User | null;
  onClose: () => void;
  onChat: (friend: User) => void;
}

export function FriendMenu({ friend, onClose, onChat }: FriendMenuProps) {
  const { t } = useTranslation(['friends', 'common']);
  const [ending, setEnding] = useState<User | null>(null);
  const end = useMutation({
    mutationFn: async (user: User) => {
      await friendActions.end(user.id);
      await refreshFriends();
    },
    onError: (failure) => toast(wordsFor(failure), 'danger'),
    onSettled: () => setEnding(null),
  });
  return (
    <>
      <Sheet
        visible={friend !== null}
        title={friend?.displayName}
        closeLabel={t('common:close')}
        onClose={onClose}
      >
        <Menu
          onDone={onClose}
          actions={
            friend
              ? [
                  {
                    icon: 'chatbubble-outline',
                    label: t('friends:openChat'),
                    onPress: () => onChat(friend),
                  },
                  {
                    icon: 'person-remove-outline',
                    label: t('friends:end'),
                    danger: true,
                    onPress: () => setEnding(friend),
                  },
                ]
              : []
          }
        />
      </Sheet>
      <Confirm
        visible={ending !== null}
        title={t('friends:endTitle', { name: ending?.displayName ?? '' })}
        body={t('friends:endBody')}
        confirmLabel={t('friends:end')}
        cancelLabel={t('common:cancel')}
        danger
        busy={end.isPending}
        onCancel={() => setEnding(null)}
        onConfirm={() => ending && end.mutate(ending)}
      />
    </>
  );
}
