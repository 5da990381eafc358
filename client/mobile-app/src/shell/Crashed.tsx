// Owns what stands in place of a screen that failed: a way to try again, and the way back. Everything around it goes on.
import type { ErrorBoundaryProps } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { Screen } from '@/design';
import { Failed } from './Loaded';

export function Crashed({ error, retry }: ErrorBoundaryProps) {
  const { t } = useTranslation();
  return (
    <Screen title={t('appName')} back={{ label: t('back'), fallback: '/' }}>
      <Failed query={{ error, refetch: retry }} />
    </Screen>
  );
}
