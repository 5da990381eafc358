// Owns a post as it is shown inside of one that shares it.
import type { Post } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, Icon, makeStyles, radius, space, Text, Touchable, useTheme } from '@/design';
import { MediaGrid } from '@/features/media/components/MediaGrid';
import { useLinks } from '@/shell/useLinks';
import { PostHeader } from './PostHeader';
import { PostText } from './PostText';

type Shared = Pick<Post, 'id' | 'author' | 'text' | 'media' | 'mentions' | 'createdAt' | 'editedAt'>;

export function SharedCard({
  shared,
  still,
  onStale,
}: {
  shared: Shared | null | undefined;
  /** It is only looked at, such as while a share is written. */
  still?: boolean;
  onStale?: () => void;
}) {
  const { t } = useTranslation('posts');
  const { colors } = useTheme();
  const styles = useStyles();
  const router = useRouter();
  const links = useLinks();
  if (!shared) {
    return (
      <View style={[styles.card, styles.gone]}>
        <Icon name="eye-off-outline" size={18} color="textFaint" />
        <Text variant="label" color="textMuted" style={styles.grow}>
          {t('gone')}
        </Text>
      </View>
    );
  }
  return (
    <Touchable
      role="link"
      label={t('postBy', { name: shared.author.displayName })}
      disabled={still}
      onPress={() => router.push(links.post(shared.id))}
      style={({ hovered }) => [styles.card, hovered && !still && { backgroundColor: colors.surface }]}
    >
      <View style={styles.head}>
        <Avatar
          id={shared.author.id}
          name={shared.author.displayName}
          uri={shared.author.avatarUrl}
          size={28}
        />
        <View style={styles.grow}>
          <PostHeader
            user={shared.author}
            at={shared.createdAt}
            edited={shared.editedAt !== null && shared.editedAt !== undefined}
            small
          />
        </View>
      </View>
      {shared.text ? <PostText text={shared.text} mentions={shared.mentions} folds /> : null}
      {shared.media.length > 0 ? <MediaGrid media={shared.media} onStale={onStale} /> : null}
    </Touchable>
  );
}

const useStyles = makeStyles((colors) => ({
  card: {
    borderWidth: 1,
    borderColor: colors.border,
    borderRadius: radius.l,
    padding: space.m,
    gap: space.s,
  },
  gone: { flexDirection: 'row', alignItems: 'center', backgroundColor: colors.surface },
  head: { flexDirection: 'row', alignItems: 'center', gap: space.s },
  grow: { flex: 1, minWidth: 0 },
}));
