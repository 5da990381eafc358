// Owns the page of one post: all of it, and what people say to it.
import type { Comment, Post } from '@aichatwar/shared';
import { type Href, useLocalSearchParams, usePathname, useRouter } from 'expo-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FlatList, View } from 'react-native';
import {
  Button,
  EmptyState,
  IconButton,
  makeStyles,
  Screen,
  size,
  SkeletonRows,
  space,
  Text,
  Touchable,
} from '@/design';
import { MediaGrid } from '@/features/media/components/MediaGrid';
import { dateTime } from '@/lib/time';
import { Failed, Loaded } from '@/shell/Loaded';
import { CommentComposer } from '../components/CommentComposer';
import { CommentItem } from '../components/CommentItem';
import { CommentMenu } from '../components/CommentMenu';
import { HistorySheet } from '../components/HistorySheet';
import { PostActions } from '../components/PostActions';
import { Face, PostHeader } from '../components/PostHeader';
import { PostMenu } from '../components/PostMenu';
import { PostSkeleton } from '../components/PostSkeleton';
import { PostText } from '../components/PostText';
import { SharedCard } from '../components/SharedCard';
import { refreshPost, useComments, usePost } from '../api';
import { threaded } from '../model/threads';

export function PostScreen() {
  const { t } = useTranslation(['posts', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const here = usePathname().split('/')[1] ?? 'feed';
  const { postId, comment: marked } = useLocalSearchParams<{ postId: string; comment?: string }>();
  const post = usePost(postId);
  const comments = useComments(postId);
  const [menu, setMenu] = useState<Post | null>(null);
  const [commentMenu, setCommentMenu] = useState<Comment | null>(null);
  const [context, setContext] = useState<{ replyTo: Comment | null; editing: Comment | null }>({
    replyTo: null,
    editing: null,
  });
  const [focus, setFocus] = useState(0);
  const [drafts] = useState(() => new Map<string, string>());
  const rows = useMemo(
    () => threaded(comments.data?.pages.flatMap(({ items }) => items) ?? []),
    [comments.data],
  );
  const onReply = useCallback((replyTo: Comment) => setContext({ replyTo, editing: null }), []);
  const back = { label: t('common:back'), fallback: `/${here}` as Href };

  if (!post.data) {
    return (
      <Screen title={t('posts:title')} back={back}>
        <Loaded query={post} skeleton={<PostSkeleton label={t('common:loading')} count={1} />}>
          {() => null}
        </Loaded>
      </Screen>
    );
  }
  const shown = post.data;
  return (
    <Screen
      title={t('posts:postBy', { name: shown.author.displayName })}
      back={back}
      actions={
        <IconButton
          icon="ellipsis-horizontal"
          label={t('posts:menu', { name: shown.author.displayName })}
          onPress={() => setMenu(shown)}
        />
      }
    >
      <FlatList
        data={rows}
        keyExtractor={({ comment }) => comment.id}
        contentContainerStyle={styles.content}
        keyboardShouldPersistTaps="handled"
        ListHeaderComponent={<Whole post={shown} onComment={() => setFocus((now) => now + 1)} />}
        ListEmptyComponent={
          comments.isPending ? (
            <SkeletonRows rows={3} label={t('common:loading')} />
          ) : comments.isError ? (
            <Failed query={comments} />
          ) : (
            <EmptyState
              icon="chatbubbles-outline"
              title={t('posts:noComments')}
              body={t('posts:noCommentsBody')}
            />
          )
        }
        ListFooterComponent={
          comments.hasNextPage ? (
            <View style={styles.more}>
              <Button
                kind="secondary"
                compact
                label={t('posts:moreComments')}
                busy={comments.isFetchingNextPage}
                onPress={() => void comments.fetchNextPage()}
              />
            </View>
          ) : null
        }
        renderItem={({ item }) => (
          <CommentItem
            comment={item.comment}
            answer={item.answer}
            byAuthor={item.comment.author.id === shown.author.id}
            marked={item.comment.id === marked}
            onReply={onReply}
            onMenu={setCommentMenu}
          />
        )}
      />
      <CommentComposer
        key={`${context.replyTo?.id ?? ''}:${context.editing?.id ?? ''}`}
        postId={shown.id}
        {...context}
        focus={focus}
        drafts={drafts}
        onDone={() => setContext({ replyTo: null, editing: null })}
      />
      <PostMenu
        post={menu}
        onClose={() => setMenu(null)}
        onDeleted={() => (router.canGoBack() ? router.back() : router.replace(back.fallback))}
      />
      <CommentMenu
        post={shown}
        comment={commentMenu}
        onClose={() => setCommentMenu(null)}
        onReply={onReply}
        onEdit={(editing) => setContext({ replyTo: null, editing })}
      />
    </Screen>
  );
}

function Whole({ post, onComment }: { post: Post; onComment: () => void }) {
  const { t } = useTranslation('posts');
  const styles = useStyles();
  const [history, setHistory] = useState(false);
  const onStale = () => refreshPost(post.id);
  return (
    <View style={styles.whole}>
      <View style={styles.head}>
        <Face user={post.author} />
        <View style={styles.fill}>
          <PostHeader
            user={post.author}
            at={post.createdAt}
            edited={post.edits > 0}
            visibility={post.visibility}
          />
        </View>
      </View>
      {post.text ? <PostText text={post.text} mentions={post.mentions} variant="bodyLarge" /> : null}
      {post.media.length > 0 ? <MediaGrid media={post.media} onStale={onStale} /> : null}
      {post.isShare ? <SharedCard shared={post.shared} onStale={onStale} /> : null}
      <View style={styles.meta}>
        <Text variant="caption" color="textFaint">
          {dateTime(post.createdAt)}
        </Text>
        {post.edits > 0 ? (
          <Touchable label={t('editsShow')} onPress={() => setHistory(true)} hitSlop={space.s} testID="edits">
            <Text variant="caption" color="accent">
              {t('editsShow')}
            </Text>
          </Touchable>
        ) : null}
      </View>
      <View style={styles.actions}>
        <PostActions post={post} onComment={onComment} />
      </View>
      <Text variant="heading" role="heading" style={styles.title}>
        {post.comments > 0 ? t('comments', { count: post.comments }) : t('commentsTitle')}
      </Text>
      <HistorySheet post={history ? post : null} onClose={() => setHistory(false)} />
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  fill: { flex: 1, minWidth: 0 },
  content: {
    width: '100%',
    maxWidth: size.content,
    alignSelf: 'center',
    flexGrow: 1,
    paddingBottom: space.l,
  },
  whole: { paddingHorizontal: space.l, paddingTop: space.s, gap: space.m },
  head: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  meta: { flexDirection: 'row', flexWrap: 'wrap', gap: space.m },
  actions: {
    borderTopWidth: 1,
    borderBottomWidth: 1,
    borderColor: colors.border,
    paddingVertical: space.xs,
    paddingHorizontal: space.s,
  },
  title: { paddingVertical: space.xs },
  more: { alignItems: 'center', padding: space.m },
}));
