// Owns the queue of reports about people: who, why, by how many, and the decision, which is one for all reports about a person.
import { type UserReport } from '@aichatwar/shared';
import { type Href, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, Badge, Button, Card, EmptyState, makeStyles, Screen, ScrollBody, space, Text, toast } from '@/design';
import { attempt } from '@/lib/attempt';
import { dateTime } from '@/lib/time';
import { Loaded } from '@/shell/Loaded';
import { moderationActions, usePersonQueue } from '../api';
import { NotYours } from '../components/NotYours';
import { ReasonSheet } from '../components/ReasonSheet';

const REPORTS_SHOWN = 5;

/** Puts the reports about one person together, in the order of the first of each. */
function byPerson(reports: UserReport[]): UserReport[][] {
  const people = new Map<string, UserReport[]>();
  for (const report of reports) {
    const id = report.subject?.id ?? report.id;
    people.set(id, [...(people.get(id) ?? []), report]);
  }
  return [...people.values()];
}

export function PersonQueueScreen() {
  const { t } = useTranslation(['moderation', 'common']);
  return (
    <Screen title={t('moderation:people')} back={{ label: t('common:back'), fallback: '/market' }}>
      <Loaded query={usePersonQueue()}>
        {(reports) =>
          reports === null ? (
            <NotYours />
          ) : reports.length === 0 ? (
            <EmptyState
              icon="shield-checkmark-outline"
              title={t('moderation:nothing')}
              body={t('moderation:noPersonReports')}
            />
          ) : (
            <ScrollBody>
              {byPerson(reports).map(([first, ...rest]) =>
                first ? <Case key={first.id} first={first} rest={rest} /> : null,
              )}
            </ScrollBody>
          )
        }
      </Loaded>
    </Screen>
  );
}

function Case({ first, rest }: { first: UserReport; rest: UserReport[] }) {
  const { t } = useTranslation(['moderation', 'report', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const [asking, setAsking] = useState<'remove' | 'warn' | null>(null);
  const [busy, setBusy] = useState(false);
  const { subject } = first;
  const decide = async (action: 'dismiss' | 'remove' | 'warn', note = '') => {
    setBusy(true);
    const worked = await attempt(() => moderationActions.judge(first.id, action, note));
    setBusy(false);
    setAsking(null);
    if (worked) toast(t(`moderation:person_${action}_done`));
  };
  return (
    <Card style={styles.card}>
      <View style={styles.head}>
        {subject ? <Avatar id={subject.id} name={subject.displayName} uri={subject.avatarUrl} /> : null}
        <View style={styles.words}>
          <Text variant="bodyStrong" numberOfLines={1}>
            {subject?.displayName ?? t('moderation:gone')}
          </Text>
          <Text variant="caption" color="textFaint">
            {t('moderation:since', { time: dateTime(first.createdAt) })}
          </Text>
        </View>
        <Badge label={t('moderation:reports', { count: rest.length + 1 })} tone="danger" />
      </View>
      <View style={styles.reports}>
        {[first, ...rest].slice(0, REPORTS_SHOWN).map(({ id, reason, detail }) => (
          <Text key={id} variant="label" color="textMuted">
            {detail ? `${t(`report:${reason}`)}: ${detail}` : t(`report:${reason}`)}
          </Text>
        ))}
      </View>
      <View style={styles.buttons}>
        {subject ? (
          <Button
            compact
            kind="secondary"
            icon="open-outline"
            label={t('moderation:look')}
            onPress={() => router.push(`/users/${subject.id}` as Href)}
          />
        ) : null}
        <Button
          compact
          kind="secondary"
          icon="checkmark"
          label={t('moderation:person_dismiss')}
          busy={busy}
          onPress={() => void decide('dismiss')}
          testID="person-dismiss"
        />
        <Button
          compact
          kind="secondary"
          icon="alert-circle-outline"
          label={t('moderation:person_warn')}
          onPress={() => setAsking('warn')}
          testID="person-warn"
        />
        <Button
          compact
          kind="danger"
          icon="ban-outline"
          label={t('moderation:person_remove')}
          onPress={() => setAsking('remove')}
          testID="person-remove"
        />
      </View>
      {asking ? (
        <ReasonSheet
          title={t(`moderation:person_${asking}`)}
          body={t(`moderation:person_${asking}_body`)}
          confirm={t(`moderation:person_${asking}`)}
          usual={[t('report:spam'), t('report:abuse'), t('report:impersonation')]}
          busy={busy}
          onConfirm={(note) => void decide(asking, note)}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </Card>
  );
}

const useStyles = makeStyles((colors) => ({
  card: { gap: space.m },
  head: { flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', gap: space.s },
  words: { flex: 1, minWidth: 120 },
  reports: { gap: space.xs, borderLeftWidth: 3, borderLeftColor: colors.danger, paddingLeft: space.m },
  buttons: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
}));
