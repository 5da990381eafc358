// Owns the line that says that there is no connection; only when it has been so for a moment.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import { Icon, makeStyles, space, Text } from '@/design';
import { useConnection } from '@/lib/realtime';

const PATIENCE_MS = 2_500;

export function ConnectionNotice() {
  const { t } = useTranslation();
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  const broken = useConnection(({ state }) => state === 'waiting' || state === 'connecting');
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!broken) return;
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setShown(false);
    };
  }, [broken]);
  if (!shown) return null;
  return (
    <View role="status" style={[styles.notice, { paddingTop: insets.top + space.xs }]}>
      <Icon name="cloud-offline-outline" size={15} color="warning" />
      <Text variant="caption" color="warning">
        {t('offline')}
      </Text>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  notice: {
    flexDirection: 'row',
    alignItems: 'center',
    justifyContent: 'center',
    gap: space.s,
    paddingBottom: space.xs,
    paddingHorizontal: space.l,
    backgroundColor: colors.warningSoft,
  },
}));
