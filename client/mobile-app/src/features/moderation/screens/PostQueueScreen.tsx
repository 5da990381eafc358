// Owns the queue of posts and comments that people reported: what was said, why it was reported, and the decision.
import { type PostCase } from '@aichatwar/shared';
import { type Href } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { Badge, EmptyState, Screen, ScrollBody, Text } from '@/design';
import { MediaGrid } from '@/features/media/components/MediaGrid';
import { Loaded } from '@/shell/Loaded';
import { moderationActions, usePostQueue } from '../api';
import { NotYours } from '../components/NotYours';
import { ReportedCase } from '../components/ReportedCase';

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
  const { t } = useTranslation('moderation');
  return (
    <ReportedCase
      about="post"
      who={about.author}
      since={about.openedAt}
      count={about.reportCount}
      reports={about.reports}
      mark={<Badge label={t(about.commentId ? 'aComment' : 'aPost')} />}
      place={`/feed/post/${about.postId}${about.commentId ? `?comment=${about.commentId}` : ''}` as Href}
      onDecide={(verdict, note) => moderationActions.decide(about.subject, verdict, note)}
    >
      {about.excerpt ? <Text selectable>{about.excerpt}</Text> : null}
      {about.media.length > 0 ? <MediaGrid media={about.media} /> : null}
    </ReportedCase>
  );
}
