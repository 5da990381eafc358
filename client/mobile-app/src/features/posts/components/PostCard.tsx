// Owns a post in a list.
import type { Post } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Platform, View } from 'react-native';
import { Icon, IconButton, makeStyles, space, Text, Touchable, useTheme } from '@/design';
import { MediaGrid } from '@/features/media/components/MediaGrid';
import { useLinks } from '@/shell/useLinks';
import { refreshPost } from '../api';
import { PostActions } from './PostActions';
import { Face, PostHeader } from './PostHeader';
import { PostText } from './PostText';
import { SharedCard } from './SharedCard';

export interface PostCardProps {
  post: Post;
  onMenu: (post: Post) => void;
  /** A line above, such as why it stands here. */
  above?: ReactNode;
}

/** Whoever selects words with the mouse does not want to leave. */
const isSelecting = (): boolean =>
  Platform.OS === 'web' && globalThis.getSelection?.()?.isCollapsed === false;

export const PostCard = memo(function PostCard({ post, onMenu, above }: PostCardProps) {
  const { t } = useTranslation('posts');
  const { colors } = useTheme();
  const styles = useStyles();
  const router = useRouter();
  const links = useLinks();
  const open = () => {
    if (!isSelecting()) router.push(links.post(post.id));
  };
  const onStale = () => refreshPost(post.id);
  return (
    <Touchable
      role="article"
      // On a phone what can be pressed within what is read out as one cannot be reached.
      accessible={Platform.OS === 'web'}
      label={t('postBy', { name: post.author.displayName })}
      onPress={open}
      onLongPress={Platform.OS === 'web' ? undefined : () => onMenu(post)}
      testID="post"
      style={({ hovered }) => [styles.card, hovered && { backgroundColor: colors.surface }]}
    >
      {post.isShare && post.text === '' ? (
        <View style={styles.above}>
          <Icon name="repeat" size={15} color="textFaint" />
          <Text variant="captionStrong" color="textFaint" numberOfLines={1}>
            {t('shared', { name: post.author.displayName })}
          </Text>
        </View>
      ) : null}
      {above}
      <View style={styles.row}>
        <Face user={post.author} />
        <View style={styles.body}>
          <PostHeader
            user={post.author}
            at={post.createdAt}
            edited={post.edits > 0}
            visibility={post.visibility}
            trailing={
              <IconButton
                icon="ellipsis-horizontal"
                iconSize={18}
                color="textFaint"
                label={t('menu', { name: post.author.displayName })}
                onPress={() => onMenu(post)}
                style={styles.menu}
              />
            }
          />
          {post.text ? <PostText text={post.text} mentions={post.mentions} folds /> : null}
          {post.media.length > 0 ? <MediaGrid media={post.media} onStale={onStale} /> : null}
          {post.isShare ? <SharedCard shared={post.shared} onStale={onStale} /> : null}
          <PostActions post={post} onComment={open} />
        </View>
      </View>
    </Touchable>
  );
});

const useStyles = makeStyles((colors) => ({
  card: {
    paddingHorizontal: space.l,
    paddingTop: space.m,
    paddingBottom: space.xs,
    borderBottomWidth: 1,
    borderBottomColor: colors.border,
    cursor: 'pointer',
  },
  above: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.s,
    paddingLeft: 32,
    paddingBottom: space.xs + 2,
  },
  row: { flexDirection: 'row', gap: space.m },
  body: { flex: 1, minWidth: 0, gap: space.s },
  menu: { width: 32, height: 32, marginTop: -4, marginRight: -space.s },
}));
