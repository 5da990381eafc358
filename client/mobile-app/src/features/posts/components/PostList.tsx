// Owns a list of posts by author, tag or words, the newest first.
import type { Post } from '@aichatwar/shared';
import { type ReactElement, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActivityIndicator, FlatList, RefreshControl } from 'react-native';
import { EmptyState, ErrorState, makeStyles, size, space, useTheme } from '@/design';
import { wordsFor } from '@/lib/words';
import { usePosts } from '../api';
import { PostCard } from './PostCard';
import { PostMenu } from './PostMenu';
import { PostSkeleton } from './PostSkeleton';

export interface PostListProps {
  which: Parameters<typeof usePosts>[0];
  header?: ReactElement;
}

export function PostList({ which, header }: PostListProps) {
  const { t } = useTranslation(['posts', 'common']);
  const { colors } = useTheme();
  const styles = useStyles();
  const posts = usePosts(which);
  const [menu, setMenu] = useState<Post | null>(null);
  const [pulled, setPulled] = useState(false);
  const items = useMemo(() => posts.data?.pages.flatMap((page) => page.items) ?? [], [posts.data]);
  return (
    <>
      <FlatList
        data={items}
        keyExtractor={({ id }) => id}
        renderItem={({ item }) => <PostCard post={item} onMenu={setMenu} />}
        contentContainerStyle={styles.content}
        onEndReached={() => {
          if (posts.hasNextPage && !posts.isFetchingNextPage) void posts.fetchNextPage();
        }}
        onEndReachedThreshold={1}
        refreshControl={
          <RefreshControl
            refreshing={pulled}
            tintColor={colors.accent}
            onRefresh={() => {
              setPulled(true);
              void posts.refetch().finally(() => setPulled(false));
            }}
          />
        }
        ListHeaderComponent={header}
        ListEmptyComponent={
          posts.isPending ? (
            <PostSkeleton label={t('common:loading')} />
          ) : posts.isError ? (
            <ErrorState
              title={t('common:somethingWrong')}
              body={wordsFor(posts.error)}
              retry={{ label: t('common:retry'), onPress: () => void posts.refetch() }}
            />
          ) : (
            <EmptyState icon="newspaper-outline" title={t('posts:noPosts')} />
          )
        }
        ListFooterComponent={
          posts.isFetchingNextPage ? <ActivityIndicator style={styles.more} color={colors.textFaint} /> : null
        }
      />
      <PostMenu post={menu} onClose={() => setMenu(null)} />
    </>
  );
}

const useStyles = makeStyles(() => ({
  content: { width: '100%', maxWidth: size.content, alignSelf: 'center', flexGrow: 1 },
  more: { padding: space.l },
}));
