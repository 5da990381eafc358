// Owns the list of devices on which the person is signed in.
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import {
  Badge,
  Button,
  ErrorState,
  Icon,
  IconButton,
  ListItem,
  Screen,
  ScrollBody,
  Section,
  SkeletonRows,
  Text,
  toast,
} from '@/design';
import { queryClient } from '@/lib/query';
import { dateTime } from '@/lib/time';
import { wordsFor } from '@/lib/words';
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
      {sessions.isPending ? (
        <SkeletonRows rows={3} label={t('common:loading')} />
      ) : sessions.isError ? (
        <ErrorState
          title={t('common:somethingWrong')}
          body={wordsFor(sessions.error)}
          retry={{ label: t('common:retry'), onPress: () => void sessions.refetch() }}
        />
      ) : (
        <ScrollBody>
          <Section>
            {sessions.data.map((session) => (
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
          {sessions.data.length > 1 ? (
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
    </Screen>
  );
}
