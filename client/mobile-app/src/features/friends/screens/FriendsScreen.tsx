// Owns the list of friends: who asks to be one, who is there, and the way into a chat with each.
import type { FriendRequest, User } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Avatar,
  Button,
  EmptyState,
  ErrorState,
  Icon,
  ListItem,
  makeStyles,
  Screen,
  ScrollBody,
  Section,
  SkeletonRows,
  space,
  toast,
} from '@/design';
import { chatActions } from '@/features/chat/api';
import { useOnline } from '@/state/online';
import { queryClient } from '@/lib/query';
import { wordsFor } from '@/lib/words';
import { friendActions, friendKeys, useFriends, useIncomingRequests } from '../api';

export function FriendsScreen() {
  const { t } = useTranslation(['friends', 'common']);
  const router = useRouter();
  const friends = useFriends();
  const requests = useIncomingRequests();
  const online = useOnline((state) => state.people);
  const chat = useMutation({
    mutationFn: (user: User) => chatActions.createRoom({ kind: 'direct', memberIds: [user.id] }),
    onSuccess: (room) => router.navigate({ pathname: '/chats/[roomId]', params: { roomId: room.id } }),
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  const sorted = [...(friends.data ?? [])].sort(
    (a, b) => Number(online[b.user.id] ?? false) - Number(online[a.user.id] ?? false),
  );
  return (
    <Screen title={t('common:friends')} large>
      {friends.isPending ? (
        <SkeletonRows label={t('common:loading')} />
      ) : friends.isError && !friends.data ? (
        <ErrorState
          title={t('common:somethingWrong')}
          body={wordsFor(friends.error)}
          retry={{ label: t('common:retry'), onPress: () => void friends.refetch() }}
        />
      ) : sorted.length === 0 && !requests.data?.length ? (
        <EmptyState icon="people-outline" title={t('friends:none')} body={t('friends:noneBody')} />
      ) : (
        <ScrollBody>
          {requests.data?.length ? (
            <Section title={t('friends:requests')}>
              {requests.data.map((request) => (
                <RequestRow key={request.id} request={request} />
              ))}
            </Section>
          ) : null}
          <Section title={t('friends:all', { count: sorted.length })}>
            {sorted.map(({ user }) => (
              <ListItem
                key={user.id}
                title={user.displayName}
                subtitle={online[user.id] ? t('common:online') : `@${user.handle}`}
                label={t('friends:chatWith', { name: user.displayName })}
                leading={
                  <Avatar
                    id={user.id}
                    name={user.displayName}
                    uri={user.avatarUrl}
                    online={online[user.id]}
                  />
                }
                trailing={<Icon name="chatbubble-outline" size={20} color="textFaint" />}
                onPress={() => chat.mutate(user)}
              />
            ))}
          </Section>
        </ScrollBody>
      )}
    </Screen>
  );
}

function RequestRow({ request }: { request: FriendRequest }) {
  const { t } = useTranslation('friends');
  const styles = useStyles();
  const decide = useMutation({
    mutationFn: async (yes: boolean) => {
      await (yes ? friendActions.accept : friendActions.decline)(request.id);
      await queryClient.invalidateQueries({ queryKey: friendKeys.requests });
      await queryClient.invalidateQueries({ queryKey: friendKeys.all });
    },
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  const { from } = request;
  return (
    <ListItem
      title={from.displayName}
      subtitle={`@${from.handle}`}
      leading={<Avatar id={from.id} name={from.displayName} uri={from.avatarUrl} />}
      trailing={
        <View style={styles.choices}>
          <Button
            compact
            kind="secondary"
            label={t('decline')}
            disabled={decide.isPending}
            onPress={() => decide.mutate(false)}
          />
          <Button compact label={t('accept')} busy={decide.isPending} onPress={() => decide.mutate(true)} />
        </View>
      }
    />
  );
}

const useStyles = makeStyles(() => ({ choices: { flexDirection: 'row', gap: space.s } }));
