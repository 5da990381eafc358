// Owns the queue of posts and comments that people reported: what was said, why it was reported, and the decision.
import { type PostCase } from '@aichatwar/shared';
import { type Href, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Avatar,
  Badge,
  Button,
  Card,
  EmptyState,
  makeStyles,
  Screen,
  ScrollBody,
  space,
  Text,
  toast,
} from '@/design';
import { MediaGrid } from '@/features/media/components/MediaGrid';
import { attempt } from '@/lib/attempt';
import { dateTime } from '@/lib/time';
import { Loaded } from '@/shell/Loaded';
import { moderationActions, usePostQueue } from '../api';
import { NotYours } from '../components/NotYours';
import { ReasonSheet } from '../components/ReasonSheet';

const REPORTS_SHOWN = 5;

export function PostQueueScreen() {
  const { t } = useTranslation(['moderation', 'common']);
  return (
    <Screen title={t('moderation:posts')} back={{ label: t('common:back'), fallback: '/market' }}>
      <Loaded query={usePostQueue()}>
        {(cases) =>
          cases === null ? (
            <NotYours />
          ) : cases.length === 0 ? (
            <EmptyState
              icon="shield-checkmark-outline"
              title={t('moderation:nothing')}
              body={t('moderation:noReports')}
            />
          ) : (
            <ScrollBody>
              {cases.map((one) => (
                <Case key={one.subject} about={one} />
              ))}
            </ScrollBody>
          )
        }
      </Loaded>
    </Screen>
  );
}

function Case({ about }: { about: PostCase }) {
  const { t } = useTranslation(['moderation', 'report', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const [asking, setAsking] = useState<'remove' | 'warn' | null>(null);
  const [busy, setBusy] = useState(false);
  const { author } = about;
  const decide = async (action: 'dismiss' | 'remove' | 'warn', note = '') => {
    setBusy(true);
    const worked = await attempt(() => moderationActions.decide(about.subject, action, note));
    setBusy(false);
    setAsking(null);
    if (worked) toast(t(`moderation:post_${action}_done`));
  };
  const place = `/feed/post/${about.postId}${about.commentId ? `?comment=${about.commentId}` : ''}` as Href;
  return (
    <Card style={styles.card}>
      <View style={styles.head}>
        {author ? <Avatar id={author.id} name={author.displayName} uri={author.avatarUrl} /> : null}
        <View style={styles.words}>
          <Text variant="bodyStrong" numberOfLines={1}>
            {author?.displayName ?? t('moderation:gone')}
          </Text>
          <Text variant="caption" color="textFaint">
            {t('moderation:since', { time: dateTime(about.openedAt) })}
          </Text>
        </View>
        <Badge label={t(about.commentId ? 'moderation:aComment' : 'moderation:aPost')} />
        <Badge label={t('moderation:reports', { count: about.reportCount })} tone="danger" />
      </View>
      {about.excerpt ? <Text selectable>{about.excerpt}</Text> : null}
      {about.media.length > 0 ? <MediaGrid media={about.media} /> : null}
      <View style={styles.reports}>
        {about.reports.slice(0, REPORTS_SHOWN).map(({ id, reason, detail }) => (
          <Text key={id} variant="label" color="textMuted">
            {detail ? `${t(`report:${reason}`)}: ${detail}` : t(`report:${reason}`)}
          </Text>
        ))}
      </View>
      <View style={styles.buttons}>
        <Button
          compact
          kind="secondary"
          icon="open-outline"
          label={t('moderation:look')}
          onPress={() => router.push(place)}
        />
        <Button
          compact
          kind="secondary"
          icon="checkmark"
          label={t('moderation:post_dismiss')}
          busy={busy}
          onPress={() => void decide('dismiss')}
          testID="case-dismiss"
        />
        <Button
          compact
          kind="secondary"
          icon="alert-circle-outline"
          label={t('moderation:post_warn')}
          onPress={() => setAsking('warn')}
          testID="case-warn"
        />
        <Button
          compact
          kind="danger"
          icon="trash-outline"
          label={t('moderation:post_remove')}
          onPress={() => setAsking('remove')}
          testID="case-remove"
        />
      </View>
      {asking ? (
        <ReasonSheet
          title={t(`moderation:post_${asking}`)}
          body={t(`moderation:post_${asking}_body`)}
          confirm={t(`moderation:post_${asking}`)}
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
