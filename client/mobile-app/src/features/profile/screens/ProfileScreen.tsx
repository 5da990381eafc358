// Owns the page of a person: who they are, how I stand with them, and what they posted.
import type { User } from '@aichatwar/shared';
import { type Href, useLocalSearchParams, usePathname, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, Button, IconButton, makeStyles, Screen, space, Text } from '@/design';
import { chatActions } from '@/features/chat/api';
import { PostList } from '@/features/posts/components/PostList';
import { PostText } from '@/features/posts/components/PostText';
import { ReportSheet } from '@/features/report/ReportSheet';
import { attempt } from '@/lib/attempt';
import { monthYear } from '@/lib/time';
import { ActionMenu } from '@/shell/ActionMenu';
import { Loaded } from '@/shell/Loaded';
import { useOnline } from '@/state/online';
import { useSession } from '@/state/session';
import { FriendButton } from '../components/FriendButton';
import { personActions, usePerson } from '../api';

export function ProfileScreen() {
  const { t } = useTranslation(['profile', 'report', 'common']);
  const router = useRouter();
  const here = usePathname().split('/')[1] ?? 'feed';
  const { userId } = useLocalSearchParams<{ userId: string }>();
  const me = useSession((state) => state.me);
  const person = usePerson(userId);
  const [step, setStep] = useState<'menu' | 'report' | null>(null);
  const mine = me?.id === userId;
  const user = person.data ?? (mine ? me : undefined);
  const fallback = `/${here}` as Href;
  const name = user?.displayName ?? '';
  const leave = () => (router.canGoBack() ? router.back() : router.replace(fallback));
  return (
    <Screen
      narrow
      title={name}
      back={{ label: t('common:back'), fallback }}
      actions={
        user && !mine ? (
          <IconButton
            icon="ellipsis-horizontal"
            label={t('profile:menu', { name })}
            onPress={() => setStep('menu')}
            testID="profile-menu"
          />
        ) : null
      }
    >
      <Loaded query={{ ...person, data: user }} rows={2}>
        {(found) => <PostList which={{ author: found.id }} header={<Head user={found} mine={mine} />} />}
      </Loaded>
      <ActionMenu
        item={step === 'menu' ? userId : null}
        onClose={() => setStep(null)}
        deeds={() => [
          {
            icon: 'flag-outline',
            label: t('report:report'),
            danger: true,
            opens: true,
            onPress: () => setStep('report'),
          },
          {
            icon: 'ban-outline',
            label: t('profile:block'),
            danger: true,
            asks: { title: t('profile:blockTitle', { name }), body: t('profile:blockBody') },
            onPress: () =>
              void attempt(() => personActions.block(userId)).then((worked) => worked && leave()),
          },
        ]}
      />
      <ReportSheet
        visible={step === 'report'}
        onClose={() => setStep(null)}
        onReport={(reason, detail) => personActions.report(userId, reason, detail)}
      />
    </Screen>
  );
}

function Head({ user, mine }: { user: User; mine: boolean }) {
  const { t } = useTranslation('profile');
  const styles = useStyles();
  const router = useRouter();
  const online = useOnline((state) => state.people[user.id] === true);
  const [busy, setBusy] = useState(false);
  const chat = async () => {
    setBusy(true);
    await attempt(async () => {
      const room = await chatActions.createRoom({ kind: 'direct', memberIds: [user.id] });
      router.navigate({ pathname: '/chats/[roomId]', params: { roomId: room.id } });
    });
    setBusy(false);
  };
  return (
    <View style={styles.head}>
      <View style={styles.top}>
        <Avatar id={user.id} name={user.displayName} uri={user.avatarUrl} size={84} online={online} />
        <View style={styles.words}>
          <Text variant="title" role="heading">
            {user.displayName}
          </Text>
          <Text color="textMuted">{`@${user.handle}`}</Text>
          <Text variant="caption" color="textFaint">
            {t('joined', { date: monthYear(user.createdAt) })}
          </Text>
        </View>
      </View>
      {user.bio ? <PostText text={user.bio} mentions={[]} /> : null}
      <View style={styles.buttons}>
        {mine ? (
          <Button
            kind="secondary"
            icon="create-outline"
            label={t('edit')}
            onPress={() => router.push('/settings/profile' as Href)}
          />
        ) : (
          <>
            <FriendButton user={user} />
            <Button
              kind="secondary"
              icon="chatbubble-outline"
              label={t('chat')}
              busy={busy}
              onPress={() => void chat()}
            />
          </>
        )}
      </View>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  head: { padding: space.l, gap: space.m, borderBottomWidth: 1, borderBottomColor: colors.border },
  top: { flexDirection: 'row', alignItems: 'center', gap: space.l },
  words: { flex: 1, minWidth: 0, gap: 2 },
  buttons: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
}));
