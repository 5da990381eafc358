// Owns how a film plays on a phone: by what the phone has for it.
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Button } from '@/design';
import { openOutside } from '@/lib/links';

export function FilmPlayer({ url }: { url: string; poster: string | undefined; label: string }) {
  const { t } = useTranslation('media');
  return (
    <View style={{ flex: 1, alignItems: 'center', justifyContent: 'center' }}>
      <Button icon="play" label={t('play')} onPress={() => openOutside(url)} />
    </View>
  );
}
