// Owns the choice of a reaction, and the list of who has reacted.
import type { Post, ReactionKind } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, ListItem, makeStyles, radius, Sheet, space, Text, Touchable, useTheme } from '@/design';
import { Loaded } from '@/shell/Loaded';
import { useLinks } from '@/shell/useLinks';
import { usePostReactions } from '../api';
import { reactionEmoji, reactionKinds } from '../model/reactions';

export interface ReactionPickerProps {
  visible: boolean;
  mine: ReactionKind | null;
  onClose: () => void;
  onPick: (kind: ReactionKind) => void;
}

export function ReactionPicker({ visible, mine, onClose, onPick }: ReactionPickerProps) {
  const { t } = useTranslation(['posts', 'common']);
  const { colors } = useTheme();
  const styles = useStyles();
  return (
    <Sheet
      visible={visible}
      title={t('posts:changeReaction')}
      closeLabel={t('common:close')}
      onClose={onClose}
    >
      <View style={styles.row}>
        {reactionKinds.map((kind) => (
          <Touchable
            key={kind}
            label={t(`posts:react_${kind}`)}
            aria-pressed={mine === kind}
            onPress={() => {
              onClose();
              onPick(kind);
            }}
            style={({ pressed, hovered }) => [
              styles.choice,
              mine === kind && { backgroundColor: colors.accentSoft },
              (pressed || hovered) && { backgroundColor: colors.raised },
            ]}
          >
            <Text style={styles.emoji}>{reactionEmoji[kind]}</Text>
            <Text
              variant="caption"
              color={mine === kind ? 'accent' : 'textMuted'}
              align="center"
              numberOfLines={2}
            >
              {t(`posts:react_${kind}`)}
            </Text>
          </Touchable>
        ))}
      </View>
    </Sheet>
  );
}

export function ReactionsSheet({ post, onClose }: { post: Post | null; onClose: () => void }) {
  const { t } = useTranslation(['posts', 'common']);
  const router = useRouter();
  const links = useLinks();
  const reactions = usePostReactions(post?.id ?? '', post !== null);
  return (
    <Sheet
      visible={post !== null}
      title={t('posts:reactionsTitle')}
      closeLabel={t('common:close')}
      onClose={onClose}
    >
      <Loaded query={reactions} rows={3}>
        {(found) =>
          found.map(({ user, kind }) => (
            <ListItem
              key={user.id}
              title={user.displayName}
              subtitle={`@${user.handle}`}
              leading={<Avatar id={user.id} name={user.displayName} uri={user.avatarUrl} />}
              trailing={<Text variant="title">{reactionEmoji[kind]}</Text>}
              onPress={() => {
                onClose();
                router.push(links.person(user.id));
              }}
            />
          ))
        }
      </Loaded>
    </Sheet>
  );
}

const useStyles = makeStyles(() => ({
  row: {
    flexDirection: 'row',
    justifyContent: 'space-between',
    paddingHorizontal: space.m,
    paddingBottom: space.m,
  },
  choice: { flex: 1, alignItems: 'center', gap: space.xs, paddingVertical: space.s, borderRadius: radius.l },
  emoji: { fontSize: 30, lineHeight: 38 },
}));
