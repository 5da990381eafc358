// Owns one comment: first ones with a face, answers set in under them.
import type { Comment } from '@aichatwar/shared';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Platform, View } from 'react-native';
import { IconButton, makeStyles, radius, space, Text, Touchable, useTheme } from '@/design';
import { Face, PostHeader } from './PostHeader';
import { PostText } from './PostText';

export interface CommentItemProps {
  comment: Comment;
  answer: boolean;
  /** By who wrote the post. */
  byAuthor: boolean;
  marked: boolean;
  onReply: (comment: Comment) => void;
  onMenu: (comment: Comment) => void;
}

export const CommentItem = memo(function CommentItem(props: CommentItemProps) {
  const { comment, answer, byAuthor, marked, onReply, onMenu } = props;
  const { t } = useTranslation('posts');
  const { colors } = useTheme();
  const styles = useStyles();
  return (
    <View
      role="article"
      aria-label={comment.author.displayName}
      testID="comment"
      style={[styles.row, answer && styles.answer, marked && { backgroundColor: colors.flash }]}
    >
      <Face user={comment.author} size={answer ? 28 : 36} />
      <View style={styles.body}>
        <View style={[styles.bubble, byAuthor && { backgroundColor: colors.accentSoft }]}>
          <PostHeader
            user={comment.author}
            at={comment.createdAt}
            edited={comment.editedAt !== null && comment.editedAt !== undefined}
            small
            trailing={
              <IconButton
                icon="ellipsis-horizontal"
                iconSize={16}
                color="textFaint"
                label={t('commentMenu', { name: comment.author.displayName })}
                onPress={() => onMenu(comment)}
                style={styles.menu}
              />
            }
          />
          <PostText text={comment.text} mentions={comment.mentions} folds={Platform.OS !== 'web'} />
        </View>
        <Touchable label={t('reply')} onPress={() => onReply(comment)} hitSlop={space.s} style={styles.reply}>
          <Text variant="captionStrong" color="textMuted">
            {t('reply')}
          </Text>
        </Touchable>
      </View>
    </View>
  );
});

const useStyles = makeStyles((colors) => ({
  row: {
    flexDirection: 'row',
    gap: space.s + 2,
    paddingHorizontal: space.l,
    paddingVertical: space.xs + 2,
  },
  answer: { paddingLeft: space.l + 46 },
  body: { flex: 1, minWidth: 0, gap: 2, alignItems: 'flex-start' },
  bubble: {
    alignSelf: 'stretch',
    gap: space.xs,
    paddingHorizontal: space.m,
    paddingVertical: space.s,
    borderRadius: radius.l,
    backgroundColor: colors.surface,
  },
  menu: { width: 28, height: 28, marginTop: -4, marginRight: -space.s },
  reply: { paddingHorizontal: space.m, paddingVertical: space.xs },
}));
