// Owns the word that there are newer posts; they come only when it is pressed.
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import Animated, { FadeInUp, FadeOutUp } from 'react-native-reanimated';
import { Icon, makeStyles, motion, radius, space, Text, Touchable, useTheme } from '@/design';

export interface NewPostsPillProps {
  count: number;
  more: boolean;
  onPress: () => void;
}

export function NewPostsPill({ count, more, onPress }: NewPostsPillProps) {
  const { t } = useTranslation('feed');
  const { colors } = useTheme();
  const styles = useStyles();
  const words = more ? t('newPostsMore', { count }) : t('newPosts', { count });
  return (
    <View style={styles.place} pointerEvents="box-none" aria-live="polite">
      {count > 0 ? (
        <Animated.View entering={FadeInUp.duration(motion.normal)} exiting={FadeOutUp.duration(motion.quick)}>
          <Touchable
            label={words}
            onPress={onPress}
            testID="new-posts"
            style={({ hovered, pressed }) => [
              styles.pill,
              (hovered || pressed) && { backgroundColor: colors.accentHover },
            ]}
          >
            <Icon name="arrow-up" size={16} color="onAccent" />
            <Text variant="label" color="onAccent">
              {words}
            </Text>
          </Touchable>
        </Animated.View>
      ) : null}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  place: { position: 'absolute', top: space.m, left: 0, right: 0, alignItems: 'center', zIndex: 2 },
  pill: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.s,
    minHeight: 38,
    paddingHorizontal: space.l,
    borderRadius: radius.full,
    backgroundColor: colors.accent,
    boxShadow: '0 6px 20px rgba(0, 0, 0, 0.22)',
  },
}));
