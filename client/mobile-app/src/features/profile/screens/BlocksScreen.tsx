// Owns the list of whom a person has blocked.
import type { Href } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { Avatar, Button, EmptyState, ListItem, Screen, ScrollBody, Section } from '@/design';
import { attempt } from '@/lib/attempt';
import { Loaded } from '@/shell/Loaded';
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
      <Loaded query={blocks} rows={3} empty={<EmptyState icon="happy-outline" title={t('profile:none')} />}>
        {(found) => (
          <ScrollBody>
            <Section>
              {found.map((user) => (
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
      </Loaded>
    </Screen>
  );
}
