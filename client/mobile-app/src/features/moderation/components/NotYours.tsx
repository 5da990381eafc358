// Owns what stands in place of moderation for who is no moderator.
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { Button, EmptyState } from '@/design';

export function NotYours() {
  const { t } = useTranslation(['moderation', 'common']);
  const router = useRouter();
  return (
    <EmptyState
      icon="lock-closed-outline"
      title={t('moderation:notYours')}
      body={t('moderation:notYoursBody')}
      action={<Button label={t('common:market')} onPress={() => router.navigate('/market')} />}
    />
  );
}
