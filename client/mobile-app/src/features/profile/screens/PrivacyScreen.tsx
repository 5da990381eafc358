// Owns who finds a person, sees that they are there, and writes to them.
import type { Audience, Privacy } from '@aichatwar/shared';
import { type Href, useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Card,
  ErrorState,
  Icon,
  ListItem,
  makeStyles,
  Screen,
  ScrollBody,
  Section,
  SegmentedControl,
  SkeletonRows,
  space,
  Switch,
  Text,
} from '@/design';
import { attempt } from '@/lib/attempt';
import { queryClient } from '@/lib/query';
import { wordsFor } from '@/lib/words';
import { accountActions, profileKeys, useMe } from '../api';

export function PrivacyScreen() {
  const { t } = useTranslation(['profile', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const me = useMe();
  const set = async (part: Partial<Privacy>) => {
    const held = me.data;
    if (!held) return;
    const privacy = { ...held.privacy, ...part };
    queryClient.setQueryData(profileKeys.me, { ...held, privacy });
    if (!(await attempt(() => accountActions.edit({ privacy }))))
      queryClient.setQueryData(profileKeys.me, held);
  };
  const audiences = (values: readonly Audience[]) =>
    values.map((value) => ({ value, label: t(`profile:${value}`) }));
  return (
    <Screen narrow title={t('profile:privacy')} back={{ label: t('common:back'), fallback: '/settings' }}>
      {me.data ? (
        <ScrollBody>
          <Card style={styles.line}>
            <View style={styles.grow}>
              <Text variant="bodyStrong">{t('profile:findable')}</Text>
              <Text variant="caption" color="textMuted">
                {t('profile:findableBody')}
              </Text>
            </View>
            <Switch
              label={t('profile:findable')}
              value={me.data.privacy.findable}
              onChange={(findable) => void set({ findable })}
              testID="findable"
            />
          </Card>
          <Card style={styles.choice}>
            <Text variant="bodyStrong">{t('profile:presence')}</Text>
            <SegmentedControl<Audience>
              label={t('profile:presence')}
              segments={audiences(['everyone', 'friends', 'nobody'])}
              value={me.data.privacy.presence}
              onChange={(presence) => void set({ presence })}
            />
          </Card>
          <Card style={styles.choice}>
            <Text variant="bodyStrong">{t('profile:messages')}</Text>
            <SegmentedControl<Audience>
              label={t('profile:messages')}
              segments={audiences(['everyone', 'friends'])}
              value={me.data.privacy.directMessages}
              onChange={(directMessages) => void set({ directMessages })}
            />
          </Card>
          <Section>
            <ListItem
              title={t('profile:blocks')}
              subtitle={t('profile:blocksBody')}
              leading={<Icon name="ban-outline" color="textMuted" />}
              chevron
              onPress={() => router.push('/settings/blocks' as Href)}
            />
          </Section>
        </ScrollBody>
      ) : me.isError ? (
        <ErrorState
          title={t('common:somethingWrong')}
          body={wordsFor(me.error)}
          retry={{ label: t('common:retry'), onPress: () => void me.refetch() }}
        />
      ) : (
        <SkeletonRows rows={4} label={t('common:loading')} />
      )}
    </Screen>
  );
}

const useStyles = makeStyles(() => ({
  line: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  choice: { gap: space.m },
  grow: { flex: 1, minWidth: 0 },
}));
