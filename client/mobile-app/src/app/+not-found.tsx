// Owns what stands where there is no such page.
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { Button, EmptyState, Screen } from '@/design';

export default function NotFound() {
  const { t } = useTranslation('common');
  const router = useRouter();
  return (
    <Screen narrow title={t('appName')}>
      <EmptyState
        icon="compass-outline"
        title={t('noPage')}
        body={t('noPageBody')}
        action={<Button label={t('back')} onPress={() => router.replace('/')} />}
      />
    </Screen>
  );
}
