// Owns the line that says whose a post is, since when, and who can see it.
import type { Post, User, Visibility } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, Icon, type IconName, makeStyles, space, Text, Touchable } from '@/design';
import { shortTime } from '@/lib/time';
import { useLinks } from '@/shell/useLinks';

export const visibilityIcon: Record<Visibility, IconName> = {
  public: 'globe-outline',
  friends: 'people-outline',
  private: 'lock-closed-outline',
};

export function Face({ user, size = 44 }: { user: User; size?: number }) {
  const { t } = useTranslation('posts');
  const router = useRouter();
  const links = useLinks();
  return (
    <Touchable
      role="link"
      label={t('profileOf', { name: user.displayName })}
      onPress={() => router.push(links.person(user.id))}
    >
      <Avatar id={user.id} name={user.displayName} uri={user.avatarUrl} size={size} />
    </Touchable>
  );
}

export interface PostHeaderProps {
  user: User;
  at: string;
  edited: boolean;
  visibility?: Post['visibility'];
  trailing?: ReactNode;
  small?: boolean;
}

export function PostHeader({ user, at, edited, visibility, trailing, small }: PostHeaderProps) {
  const { t } = useTranslation('posts');
  const styles = useStyles();
  return (
    <View style={styles.row}>
      <View style={styles.words}>
        <Text variant={small ? 'label' : 'bodyStrong'} numberOfLines={1} style={styles.name}>
          {user.displayName}
        </Text>
        <View style={styles.meta}>
          <Text variant="caption" color="textFaint" numberOfLines={1} style={styles.name}>
            {`@${user.handle} · ${shortTime(at)}${edited ? ` · ${t('edited')}` : ''}`}
          </Text>
          {visibility ? (
            <View role="img" aria-label={t(visibility)}>
              <Icon name={visibilityIcon[visibility]} size={13} color="textFaint" />
            </View>
          ) : null}
        </View>
      </View>
      {trailing}
    </View>
  );
}

const useStyles = makeStyles(() => ({
  row: { flexDirection: 'row', alignItems: 'flex-start', gap: space.s },
  words: { flex: 1, minWidth: 0 },
  meta: { flexDirection: 'row', alignItems: 'center', gap: space.xs + 2 },
  name: { flexShrink: 1 },
}));
