// Owns the home of posts: for you, the latest, and what is trending.
import { useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Platform, useWindowDimensions, View } from 'react-native';
import {
  Avatar,
  IconButton,
  makeStyles,
  radius,
  Screen,
  SegmentedControl,
  space,
  Text,
  Touchable,
  useIsWide,
  useTheme,
} from '@/design';
import { queryClient } from '@/lib/query';
import { Bell } from '@/features/notifications/components/Bell';
import { postKeys } from '@/features/posts/api';
import { useLinks } from '@/shell/useLinks';
import { useSession } from '@/state/session';
import type { FeedOrder } from '../api';
import { TrendingAside } from '../components/TagList';
import { Timeline } from '../components/Timeline';
import { TrendingList } from '../components/TrendingList';

/** From this width on trending tags stand at the side. */
const ASIDE_FROM = 1_140;

type Tab = FeedOrder | 'trending';

export function FeedScreen() {
  const { t } = useTranslation(['feed', 'posts', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const links = useLinks();
  const wide = useIsWide();
  const aside = useWindowDimensions().width >= ASIDE_FROM;
  const me = useSession((state) => state.me);
  const [view, setView] = useState<Tab>('ranked');
  const [asked, setAsked] = useState(0);
  const header = (
    <View style={styles.header}>
      <SegmentedControl<Tab>
        label={t('feed:order')}
        segments={[
          { value: 'ranked', label: t('feed:ranked') },
          { value: 'latest', label: t('feed:latest') },
          { value: 'trending', label: t('feed:trending') },
        ]}
        value={view}
        onChange={setView}
      />
      <Prompt onPress={() => router.push(links.compose())} />
    </View>
  );
  return (
    <Screen
      large
      heading={
        <View style={styles.title}>
          {me && !wide ? (
            <Touchable
              role="link"
              label={t('feed:profile')}
              onPress={() => router.push(links.person(me.id))}
              hitSlop={space.s}
            >
              <Avatar id={me.id} name={me.displayName} uri={me.avatarUrl} size={34} />
            </Touchable>
          ) : null}
          <Text variant="display" role="heading" style={styles.large}>
            {t('common:feed')}
          </Text>
        </View>
      }
      actions={
        <>
          <Bell />
          {Platform.OS === 'web' ? (
            <IconButton
              icon="refresh"
              label={t('feed:refresh')}
              onPress={() =>
                view === 'trending'
                  ? void queryClient.invalidateQueries({ queryKey: postKeys.trending })
                  : setAsked((now) => now + 1)
              }
            />
          ) : null}
          <IconButton
            icon="create-outline"
            label={t('posts:compose')}
            filled
            onPress={() => router.push(links.compose())}
            testID="compose"
          />
        </>
      }
    >
      <View style={styles.columns}>
        <View style={styles.main}>
          {view === 'trending' ? (
            <TrendingList header={header} chips={!aside} />
          ) : (
            <Timeline key={view} order={view} header={header} asked={asked} />
          )}
        </View>
        {aside ? <TrendingAside /> : null}
      </View>
    </Screen>
  );
}

function Prompt({ onPress }: { onPress: () => void }) {
  const { t } = useTranslation('posts');
  const { colors } = useTheme();
  const styles = useStyles();
  const me = useSession((state) => state.me);
  return (
    <Touchable
      label={t('placeholder')}
      onPress={onPress}
      style={({ hovered }) => [styles.prompt, hovered && { backgroundColor: colors.raised }]}
    >
      {me ? <Avatar id={me.id} name={me.displayName} uri={me.avatarUrl} size={32} /> : null}
      <Text color="textFaint">{t('placeholder')}</Text>
    </Touchable>
  );
}

const useStyles = makeStyles((colors) => ({
  title: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  large: { fontSize: 24, lineHeight: 30 },
  columns: { flex: 1, flexDirection: 'row' },
  main: { flex: 1, minWidth: 0 },
  header: { padding: space.l, paddingTop: space.s, gap: space.m },
  prompt: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    padding: space.s + 2,
    borderRadius: radius.full,
    borderWidth: 1,
    borderColor: colors.border,
    backgroundColor: colors.surface,
  },
}));
