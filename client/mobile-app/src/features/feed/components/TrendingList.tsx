// Owns the public posts that people have most to do with right now.
import type { Post } from '@aichatwar/shared';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/design';
import { PostCard } from '@/features/posts/components/PostCard';
import { PostMenu } from '@/features/posts/components/PostMenu';
import { PostSkeleton } from '@/features/posts/components/PostSkeleton';
import { PageList } from '@/shell/PageList';
import { useTrending } from '../api';
import { TagChips } from './TagList';
import { type Why, WhySheet } from './WhySheet';

export function TrendingList({ header, chips }: { header: ReactElement; chips: boolean }) {
  const { t } = useTranslation(['feed', 'common']);
  const trending = useTrending();
  const [menu, setMenu] = useState<Post | null>(null);
  const [why, setWhy] = useState<Why | null>(null);
  const explain = (post: Post): Why | null => {
    const item = trending.data?.posts.find((one) => one.post.id === post.id);
    return item && trending.data
      ? { kind: 'trending', item, halfLifeHours: trending.data.halfLifeHours }
      : null;
  };
  return (
    <>
      <PageList
        query={trending}
        items={trending.data?.posts ?? []}
        keyOf={({ post }) => post.id}
        draw={({ post }) => <PostCard post={post} onMenu={setMenu} />}
        header={
          <>
            {header}
            {chips ? <TagChips tags={trending.data?.tags ?? []} /> : null}
          </>
        }
        skeleton={<PostSkeleton label={t('common:loading')} />}
        empty={
          <EmptyState
            icon="trending-up-outline"
            title={t('feed:trendingEmpty')}
            body={t('feed:trendingEmptyBody')}
          />
        }
      />
      <PostMenu
        post={menu}
        onClose={() => setMenu(null)}
        extra={
          menu
            ? [
                {
                  icon: 'help-circle-outline',
                  label: t('feed:why'),
                  opens: true,
                  onPress: () => setWhy(explain(menu)),
                },
              ]
            : []
        }
      />
      <WhySheet why={why} onClose={() => setWhy(null)} />
    </>
  );
}
