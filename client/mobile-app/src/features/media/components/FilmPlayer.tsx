// Owns how a film plays on a phone: by what the phone has for it.
import { useTranslation } from 'react-i18next';
import { Linking, View } from 'react-native';
import { Button } from '@/design';

export function FilmPlayer({ url }: { url: string; poster: string | undefined; label: string }) {
  const { t } = useTranslation('media');
  return (
    <View style={{ flex: 1, alignItems: 'center', justifyContent: 'center' }}>
      <Button icon="play" label={t('play')} onPress={() => void Linking.openURL(url)} />
    </View>
  );
}
