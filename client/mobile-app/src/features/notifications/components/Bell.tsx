// Owns the bell in the bars of a phone's main places: how much is new, and the way to it. The rail has its own.
import { type Href, useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { CountBadge, IconButton, makeStyles, useIsWide } from '@/design';
import { useUnreadNotifications } from '../api';

export function Bell() {
  const { t } = useTranslation('common');
  const styles = useStyles();
  const router = useRouter();
  const wide = useIsWide();
  const count = useUnreadNotifications();
  if (wide) return null;
  const label = t('notifications');
  return (
    <View>
      <IconButton
        icon={count > 0 ? 'notifications' : 'notifications-outline'}
        label={count > 0 ? `${label}, ${t('unread', { count })}` : label}
        onPress={() => router.navigate('/notifications' as Href)}
        testID="bell"
      />
      <View style={styles.count} pointerEvents="none">
        <CountBadge count={count} />
      </View>
    </View>
  );
}

const useStyles = makeStyles(() => ({ count: { position: 'absolute', top: -2, left: 20 } }));
