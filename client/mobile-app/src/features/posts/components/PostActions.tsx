// Owns what stands under a post: who felt how about it, and the ways to react, comment and share.
import type { Post, ReactionKind } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Icon, type IconName, makeStyles, radius, space, Text, Touchable, useTheme } from '@/design';
import { attempt } from '@/lib/attempt';
import { haptics } from '@/lib/haptics';
import { useLinks } from '@/shell/useLinks';
import { postActions } from '../api';
import { reactionEmoji, reactionTotal, topReactions } from '../model/reactions';
import { ReactionPicker, ReactionsSheet } from './ReactionSheets';

const SHOWN_MAX = 3;

export function PostActions({ post, onComment }: { post: Post; onComment: () => void }) {
  const { t } = useTranslation('posts');
  const { colors } = useTheme();
  const styles = useStyles();
  const router = useRouter();
  const links = useLinks();
  const [picking, setPicking] = useState(false);
  const [listing, setListing] = useState(false);
  const mine = post.myReaction ?? null;
  const total = reactionTotal(post);
  const react = (kind: ReactionKind | null) => {
    haptics.tick();
    void attempt(() => postActions.react(post, kind));
  };
  return (
    <View style={styles.all}>
      <View style={styles.row}>
        <Action
          icon={mine ? undefined : 'heart-outline'}
          emoji={mine ? reactionEmoji[mine] : undefined}
          label={mine ? t('unreact', { reaction: t(`react_${mine}`) }) : t('react')}
          on={mine !== null}
          count={0}
          onPress={() => (mine ? react(null) : react('like'))}
          onLongPress={() => setPicking(true)}
          testID="react"
        />
        <Touchable
          label={t('changeReaction')}
          onPress={() => setPicking(true)}
          hitSlop={space.s}
          style={({ hovered }) => [styles.more, hovered && { backgroundColor: colors.raised }]}
        >
          <Icon name="chevron-down" size={13} color="textFaint" />
        </Touchable>
        {total > 0 ? (
          <Touchable
            label={t('reactionsBy', { count: total })}
            onPress={() => setListing(true)}
            hitSlop={space.xs}
            style={({ hovered }) => [styles.summary, hovered && { backgroundColor: colors.raised }]}
            testID="reactions"
          >
            <Text variant="label">
              {topReactions(post)
                .slice(0, SHOWN_MAX)
                .map(({ kind }) => reactionEmoji[kind])
                .join('')}
            </Text>
            <Text variant="label" color={mine ? 'accent' : 'textMuted'} style={styles.digits}>
              {total}
            </Text>
          </Touchable>
        ) : null}
        <View style={styles.grow} />
        <Action
          icon="chatbubble-outline"
          label={t('comments', { count: post.comments })}
          count={post.comments}
          onPress={onComment}
          testID="comments"
        />
        {post.visibility !== 'private' ? (
          <Action
            icon="repeat"
            label={post.shares ? `${t('share')}, ${t('shares', { count: post.shares })}` : t('share')}
            count={post.shares}
            onPress={() => router.push(links.compose({ share: sharedId(post) }))}
            testID="share"
          />
        ) : null}
      </View>
      <ReactionPicker
        visible={picking}
        mine={mine}
        onClose={() => setPicking(false)}
        onPick={(kind) => react(kind === mine ? null : kind)}
      />
      <ReactionsSheet post={listing ? post : null} onClose={() => setListing(false)} />
    </View>
  );
}

/** A share without words of its own passes on what it shares. */
export const sharedId = (post: Post): string =>
  post.isShare && post.text === '' && post.shared ? post.shared.id : post.id;

interface ActionProps {
  icon?: IconName | undefined;
  emoji?: string | undefined;
  label: string;
  count: number;
  on?: boolean;
  onPress: () => void;
  onLongPress?: () => void;
  testID: string;
}

function Action({ icon, emoji, label, count, on, onPress, onLongPress, testID }: ActionProps) {
  const { colors } = useTheme();
  const styles = useStyles();
  return (
    <Touchable
      label={label}
      aria-pressed={on}
      onPress={onPress}
      onLongPress={onLongPress}
      testID={testID}
      style={({ pressed, hovered }) => [
        styles.action,
        on && { backgroundColor: colors.accentSoft },
        (pressed || hovered) && { backgroundColor: on ? colors.accentSoft : colors.raised },
      ]}
    >
      {icon ? <Icon name={icon} size={19} color="textMuted" /> : null}
      {emoji ? <Text variant="label">{emoji}</Text> : null}
      {count > 0 ? (
        <Text variant="label" color="textMuted" style={styles.digits}>
          {count}
        </Text>
      ) : null}
    </Touchable>
  );
}

const useStyles = makeStyles(() => ({
  all: { marginHorizontal: -space.s },
  row: { flexDirection: 'row', alignItems: 'center', gap: 2 },
  grow: { flex: 1 },
  action: {
    flexDirection: 'row',
    alignItems: 'center',
    justifyContent: 'center',
    gap: space.xs + 2,
    minWidth: 40,
    height: 36,
    paddingHorizontal: space.s + 2,
    borderRadius: radius.full,
  },
  more: {
    width: 22,
    height: 36,
    borderRadius: radius.full,
    alignItems: 'center',
    justifyContent: 'center',
  },
  summary: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.xs + 2,
    height: 36,
    paddingHorizontal: space.s,
    borderRadius: radius.full,
  },
  digits: { fontVariant: ['tabular-nums'] },
}));
