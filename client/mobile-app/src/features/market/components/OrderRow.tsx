// Owns an order as lists show it, for who bought and for who sold.
import type { Order } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Badge, ListItem, makeStyles, space, Text } from '@/design';
import { formatMoney } from '@/lib/money';
import { dateTime } from '@/lib/time';
import { useCard } from '../api';
import { clockWords } from '../model/countdown';
import { hasDeadline, standing, tones } from '../model/orders';
import { CardArt } from './CardArt';
import { useSecondsLeft } from './Countdown';

export function OrderRow({ order, onPress }: { order: Order; onPress?: () => void }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const router = useRouter();
  const card = useCard(order.cardId).data;
  const state = standing(order);
  const words = t(`status_${state}`);
  return (
    <ListItem
      title={order.quantity > 1 ? `${order.quantity} × ${order.name}` : order.name}
      label={`${order.name}, ${words}`}
      subtitle={dateTime(order.createdAt)}
      leading={<CardArt id={order.cardId} category={card?.category ?? 'other'} size={44} />}
      trailing={
        <View style={styles.end}>
          <Text variant="bodyStrong">{formatMoney(order.total)}</Text>
          <View style={styles.line}>
            {order.expiresAt && hasDeadline(order) ? <Left expiresAt={order.expiresAt} /> : null}
            <Badge label={words} tone={tones[state]} />
          </View>
        </View>
      }
      onPress={
        onPress ??
        (() => router.push({ pathname: '/market/orders/[orderId]', params: { orderId: order.id } }))
      }
    />
  );
}

function Left({ expiresAt }: { expiresAt: string }) {
  return (
    <Text variant="captionStrong" color="warning" style={{ fontVariant: ['tabular-nums'] }}>
      {clockWords(useSecondsLeft(expiresAt))}
    </Text>
  );
}

const useStyles = makeStyles(() => ({
  end: { alignItems: 'flex-end', gap: space.xs },
  line: { flexDirection: 'row', alignItems: 'center', gap: space.xs + 2 },
}));
