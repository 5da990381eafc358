// Owns what the buyer sees of an order's state, and what can be done in it.
import type { Order } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { ActivityIndicator, View } from 'react-native';
import {
  Button,
  Card,
  type ColorName,
  Icon,
  type IconName,
  makeStyles,
  space,
  Text,
  toast,
  useTheme,
} from '@/design';
import { wordsFor } from '@/lib/words';
import { marketActions, takeOrder } from '../api';
import { isMoving, mayTakeBack, standing, type Standing } from '../model/orders';
import { BringIntoRoom } from './BringIntoRoom';
import { PayPanel } from './PayPanel';

const marks: Partial<Record<Standing, { icon: IconName; color: ColorName }>> = {
  completed: { icon: 'checkmark-circle', color: 'success' },
  rejected: { icon: 'close-circle', color: 'danger' },
  expired: { icon: 'time', color: 'textFaint' },
  cancelled: { icon: 'remove-circle', color: 'textFaint' },
  refunded: { icon: 'return-down-back', color: 'textMuted' },
};

export function OrderState({ order }: { order: Order }) {
  const { t } = useTranslation('market');
  const { colors } = useTheme();
  const styles = useStyles();
  const router = useRouter();
  const state = standing(order);
  const mark = marks[state];
  const takeBack = useMutation({
    mutationFn: () => marketActions.takeBack(order.id),
    onSuccess: takeOrder,
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  const again = () =>
    router.replace({ pathname: '/market/checkout/[cardId]', params: { cardId: order.cardId } });
  const body =
    state === 'rejected' && order.rejection ? t(`rejection_${order.rejection}`) : t(`statusBody_${state}`);
  return (
    <>
      {state === 'awaiting_payment' || state === 'paying' ? (
        <PayPanel order={order} />
      ) : (
        <Card style={styles.state}>
          <View aria-live="polite" style={styles.center}>
            {mark ? (
              <Icon name={mark.icon} size={52} color={mark.color} />
            ) : isMoving(order) ? (
              <ActivityIndicator size="large" color={colors.accent} />
            ) : null}
            <Text variant="title" align="center" testID={`order-${state}`}>
              {t(`statusTitle_${state}`)}
            </Text>
            <Text color="textMuted" align="center">
              {body}
            </Text>
          </View>
          {state === 'completed' ? (
            <View style={styles.buttons}>
              <BringIntoRoom agentId={order.agentId} name={order.name} />
              <Button kind="secondary" label={t('myAgents')} onPress={() => router.push('/market/agents')} />
            </View>
          ) : null}
          {state === 'expired' || state === 'cancelled' ? (
            <Button testID="order-again" icon="refresh" label={t('orderAgain')} onPress={again} />
          ) : null}
          {state === 'rejected' ? (
            <Button kind="secondary" label={t('discover')} onPress={() => router.navigate('/market')} />
          ) : null}
        </Card>
      )}
      {mayTakeBack(order) ? (
        <Button
          kind="ghost"
          label={t('cancelOrder')}
          busy={takeBack.isPending}
          onPress={() => takeBack.mutate()}
        />
      ) : null}
    </>
  );
}

const useStyles = makeStyles(() => ({
  state: { alignItems: 'center', gap: space.l, paddingVertical: space.xl },
  center: { alignItems: 'center', gap: space.s, maxWidth: 420 },
  buttons: { flexDirection: 'row', flexWrap: 'wrap', justifyContent: 'center', gap: space.s },
}));
