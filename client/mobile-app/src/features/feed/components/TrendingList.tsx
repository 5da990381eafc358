// Owns the public posts that people have most to do with right now.
import type { Post } from '@aichatwar/shared';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FlatList, RefreshControl } from 'react-native';
import { EmptyState, ErrorState, makeStyles, size, useTheme } from '@/design';
import { PostCard } from '@/features/posts/components/PostCard';
import { PostMenu } from '@/features/posts/components/PostMenu';
import { PostSkeleton } from '@/features/posts/components/PostSkeleton';
import { wordsFor } from '@/lib/words';
import { useTrending } from '../api';
import { TagChips } from './TagList';
import { type Why, WhySheet } from './WhySheet';

export function TrendingList({ header, chips }: { header: ReactElement; chips: boolean }) {
  const { t } = useTranslation(['feed', 'common']);
  const { colors } = useTheme();
  const styles = useStyles();
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
      <FlatList
        data={trending.data?.posts ?? []}
        keyExtractor={({ post }) => post.id}
        renderItem={({ item }) => <PostCard post={item.post} onMenu={setMenu} />}
        contentContainerStyle={styles.content}
        refreshControl={
          <RefreshControl
            refreshing={trending.isRefetching}
            tintColor={colors.accent}
            onRefresh={() => void trending.refetch()}
          />
        }
        ListHeaderComponent={
          <>
            {header}
            {chips ? <TagChips tags={trending.data?.tags ?? []} /> : null}
          </>
        }
        ListEmptyComponent={
          trending.isPending ? (
            <PostSkeleton label={t('common:loading')} />
          ) : trending.isError ? (
            <ErrorState
              title={t('common:somethingWrong')}
              body={wordsFor(trending.error)}
              retry={{ label: t('common:retry'), onPress: () => void trending.refetch() }}
            />
          ) : (
            <EmptyState
              icon="trending-up-outline"
              title={t('feed:trendingEmpty')}
              body={t('feed:trendingEmptyBody')}
            />
          )
        }
      />
      <PostMenu
        post={menu}
        onClose={() => setMenu(null)}
        extra={
          menu
            ? [{ icon: 'help-circle-outline', label: t('feed:why'), onPress: () => setWhy(explain(menu)) }]
            : []
        }
      />
      <WhySheet why={why} onClose={() => setWhy(null)} />
    </>
  );
}

const useStyles = makeStyles(() => ({
  content: { width: '100%', maxWidth: size.content, alignSelf: 'center', flexGrow: 1 },
}));
