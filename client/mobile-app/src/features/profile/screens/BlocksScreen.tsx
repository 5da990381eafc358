// Owns the list of whom a person has blocked.
import type { Href } from 'expo-router';
import { useTranslation } from 'react-i18next';
import {
  Avatar,
  Button,
  EmptyState,
  ErrorState,
  ListItem,
  Screen,
  ScrollBody,
  Section,
  SkeletonRows,
} from '@/design';
import { attempt } from '@/lib/attempt';
import { wordsFor } from '@/lib/words';
import { personActions, useBlocks } from '../api';

export function BlocksScreen() {
  const { t } = useTranslation(['profile', 'common']);
  const blocks = useBlocks();
  return (
    <Screen
      narrow
      title={t('profile:blocks')}
      back={{ label: t('common:back'), fallback: '/settings/privacy' as Href }}
    >
      {blocks.isPending ? (
        <SkeletonRows rows={3} label={t('common:loading')} />
      ) : blocks.isError ? (
        <ErrorState
          title={t('common:somethingWrong')}
          body={wordsFor(blocks.error)}
          retry={{ label: t('common:retry'), onPress: () => void blocks.refetch() }}
        />
      ) : blocks.data.length === 0 ? (
        <EmptyState icon="happy-outline" title={t('profile:none')} />
      ) : (
        <ScrollBody>
          <Section>
            {blocks.data.map((user) => (
              <ListItem
                key={user.id}
                title={user.displayName}
                subtitle={`@${user.handle}`}
                leading={<Avatar id={user.id} name={user.displayName} uri={user.avatarUrl} />}
                trailing={
                  <Button
                    compact
                    kind="secondary"
                    label={t('profile:unblock')}
                    onPress={() => void attempt(() => personActions.unblock(user.id))}
                  />
                }
              />
            ))}
          </Section>
        </ScrollBody>
      )}
    </Screen>
  );
}
