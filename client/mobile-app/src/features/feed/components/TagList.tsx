// Owns the tags that are warm right now: as chips in a row, or as a list at the side.
import type { TrendingTag } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { ScrollView, View } from 'react-native';
import { ListItem, makeStyles, radius, Skeleton, space, Text, Touchable, useTheme } from '@/design';
import { useLinks } from '@/shell/useLinks';
import { useTrending } from '../api';

export function TagChips({ tags }: { tags: readonly TrendingTag[] }) {
  const { t } = useTranslation('feed');
  const { colors } = useTheme();
  const styles = useStyles();
  const router = useRouter();
  const links = useLinks();
  if (tags.length === 0) return null;
  return (
    <ScrollView
      horizontal
      showsHorizontalScrollIndicator={false}
      contentContainerStyle={styles.chips}
      aria-label={t('trendingTags')}
    >
      {tags.map(({ tag, people }) => (
        <Touchable
          key={tag}
          role="link"
          label={`#${tag}, ${t('people', { count: people })}`}
          onPress={() => router.push(links.tag(tag))}
          style={({ hovered, pressed }) => [
            styles.chip,
            (hovered || pressed) && { backgroundColor: colors.hover },
          ]}
        >
          <Text variant="label">{`#${tag}`}</Text>
        </Touchable>
      ))}
    </ScrollView>
  );
}

/** At the side of the timeline where there is room. */
export function TrendingAside() {
  const { t } = useTranslation('feed');
  const styles = useStyles();
  const router = useRouter();
  const links = useLinks();
  const trending = useTrending();
  const tags = trending.data?.tags.slice(0, 8) ?? [];
  if (!trending.isPending && tags.length === 0) return null;
  return (
    <View style={styles.aside} role="complementary" aria-label={t('trendingTags')}>
      <Text variant="heading" role="heading" style={styles.title}>
        {t('trendingTags')}
      </Text>
      {trending.isPending ? (
        <View style={styles.waiting}>
          <Skeleton width="60%" />
          <Skeleton width="45%" />
          <Skeleton width="52%" />
        </View>
      ) : (
        tags.map(({ tag, posts, people }) => (
          <ListItem
            key={tag}
            inset
            title={`#${tag}`}
            subtitle={`${t('tagPosts', { count: posts })} · ${t('people', { count: people })}`}
            onPress={() => router.push(links.tag(tag))}
          />
        ))
      )}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  chips: { gap: space.s, paddingHorizontal: space.l, paddingBottom: space.m },
  chip: {
    minHeight: 34,
    paddingHorizontal: space.m,
    justifyContent: 'center',
    borderRadius: radius.full,
    backgroundColor: colors.raised,
  },
  aside: {
    width: 300,
    alignSelf: 'flex-start',
    marginTop: space.m,
    marginRight: space.l,
    paddingBottom: space.s,
    borderRadius: radius.l,
    borderWidth: 1,
    borderColor: colors.border,
    backgroundColor: colors.surface,
  },
  title: { padding: space.l, paddingBottom: space.s },
  waiting: { paddingHorizontal: space.l, paddingBottom: space.l, gap: space.l },
}));
