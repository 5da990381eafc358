// Owns the page of a hashtag: what was posted under it, the newest first.
import { type Href, useLocalSearchParams, usePathname } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { Screen } from '@/design';
import { PostList } from '../components/PostList';

export function TagScreen() {
  const { t } = useTranslation('common');
  const here = usePathname().split('/')[1] ?? 'feed';
  const { tag } = useLocalSearchParams<{ tag: string }>();
  return (
    <Screen title={`#${tag}`} back={{ label: t('back'), fallback: `/${here}` as Href }}>
      <PostList which={{ tag }} />
    </Screen>
  );
}
