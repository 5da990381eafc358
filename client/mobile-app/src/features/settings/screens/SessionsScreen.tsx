// Owns the list of devices on which the person is signed in.
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import {
  Badge,
  Button,
  Icon,
  IconButton,
  ListItem,
  Screen,
  ScrollBody,
  Section,
  Text,
  toast,
} from '@/design';
import { queryClient } from '@/lib/query';
import { dateTime } from '@/lib/time';
import { wordsFor } from '@/lib/words';
import { Loaded } from '@/shell/Loaded';
import { settingsActions, settingsKeys, useSessions } from '../api';

export function SessionsScreen() {
  const { t } = useTranslation(['settings', 'common']);
  const sessions = useSessions();
  const end = useMutation({
    mutationFn: async (id: string | null) => {
      await (id ? settingsActions.endSession(id) : settingsActions.endOthers());
      await queryClient.invalidateQueries({ queryKey: settingsKeys.sessions });
    },
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  return (
    <Screen narrow title={t('settings:sessions')} back={{ label: t('common:back'), fallback: '/settings' }}>
      <Loaded query={sessions} rows={3}>
        {(found) => (
          <ScrollBody>
            <Section>
              {found.map((session) => (
                <ListItem
                  key={session.id}
                  title={session.device || session.address}
                  subtitle={t('settings:lastUsed', { time: dateTime(session.lastUsedAt) })}
                  leading={<Icon name="phone-portrait-outline" color="textMuted" />}
                  trailing={
                    session.current ? (
                      <Badge label={t('settings:thisDevice')} tone="accent" />
                    ) : (
                      <IconButton
                        icon="log-out-outline"
                        label={t('settings:endSession', { device: session.device })}
                        disabled={end.isPending}
                        onPress={() => end.mutate(session.id)}
                      />
                    )
                  }
                />
              ))}
            </Section>
            {found.length > 1 ? (
              <>
                <Button
                  kind="danger"
                  label={t('settings:endOthers')}
                  busy={end.isPending}
                  onPress={() => end.mutate(null)}
                />
                <Text variant="caption" color="textFaint" align="center">
                  {t('settings:endOthersBody')}
                </Text>
              </>
            ) : null}
          </ScrollBody>
        )}
      </Loaded>
    </Screen>
  );
}
