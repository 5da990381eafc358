// Owns the list of friends: who asks to be one, who is there, and the way into a chat with each.
import type { User } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  Avatar,
  Button,
  EmptyState,
  IconButton,
  ListItem,
  Screen,
  ScrollBody,
  Section,
  toast,
} from '@/design';
import { chatActions } from '@/features/chat/api';
import { Bell } from '@/features/notifications/components/Bell';
import { useOnline } from '@/state/online';
import { wordsFor } from '@/lib/words';
import { Loaded } from '@/shell/Loaded';
import { useFriends, useIncomingRequests, useOutgoingRequests } from '../api';
import { FriendMenu } from '../components/FriendMenu';
import { RequestRow } from '../components/RequestRow';

export function FriendsScreen() {
  const { t } = useTranslation(['friends', 'common']);
  const router = useRouter();
  const friends = useFriends();
  const incoming = useIncomingRequests().data ?? [];
  const outgoing = useOutgoingRequests().data ?? [];
  const online = useOnline((state) => state.people);
  const [menu, setMenu] = useState<User | null>(null);
  const chat = useMutation({
    mutationFn: (user: User) => chatActions.createRoom({ kind: 'direct', memberIds: [user.id] }),
    onSuccess: (room) => router.navigate({ pathname: '/chats/[roomId]', params: { roomId: room.id } }),
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  const sorted = [...(friends.data ?? [])].sort(
    (a, b) => Number(online[b.user.id] ?? false) - Number(online[a.user.id] ?? false),
  );
  const find = () => router.push('/friends/find');
  return (
    <Screen
      narrow
      title={t('common:friends')}
      large
      actions={
        <>
          <Bell />
          <IconButton icon="person-add-outline" label={t('friends:add')} onPress={find} />
        </>
      }
    >
      {friends.data === undefined ? (
        <Loaded query={friends}>{() => null}</Loaded>
      ) : sorted.length + incoming.length + outgoing.length === 0 ? (
        <EmptyState
          icon="people-outline"
          title={t('friends:none')}
          body={t('friends:noneBody')}
          action={<Button label={t('friends:add')} icon="person-add-outline" onPress={find} />}
        />
      ) : (
        <ScrollBody>
          {incoming.length > 0 ? (
            <Section title={t('friends:requests')}>
              {incoming.map((request) => (
                <RequestRow key={request.id} request={request} />
              ))}
            </Section>
          ) : null}
          {sorted.length > 0 ? (
            <Section title={t('friends:all', { count: sorted.length })}>
              {sorted.map(({ user }) => (
                <ListItem
                  key={user.id}
                  title={user.displayName}
                  subtitle={online[user.id] ? t('common:online') : `@${user.handle}`}
                  leading={
                    <Avatar
                      id={user.id}
                      name={user.displayName}
                      uri={user.avatarUrl}
                      online={online[user.id]}
                    />
                  }
                  action={
                    <IconButton
                      icon="ellipsis-horizontal"
                      iconSize={18}
                      label={t('friends:optionsFor', { name: user.displayName })}
                      onPress={() => setMenu(user)}
                    />
                  }
                  onPress={() => chat.mutate(user)}
                  onLongPress={() => setMenu(user)}
                />
              ))}
            </Section>
          ) : null}
          {outgoing.length > 0 ? (
            <Section title={t('friends:outgoing')}>
              {outgoing.map((request) => (
                <RequestRow key={request.id} request={request} own />
              ))}
            </Section>
          ) : null}
        </ScrollBody>
      )}
      <FriendMenu friend={menu} onClose={() => setMenu(null)} onChat={(friend) => chat.mutate(friend)} />
    </Screen>
  );
}
