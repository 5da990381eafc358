// Owns the page of an order: what it waits for, the way to pay while there is time, and what it has brought.
import type { Order } from '@aichatwar/shared';
import { useLocalSearchParams } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Badge,
  Card,
  Fact,
  Facts,
  ListItem,
  makeStyles,
  Screen,
  ScrollBody,
  Section,
  space,
  Text,
} from '@/design';
import { formatMoney } from '@/lib/money';
import { dateTime } from '@/lib/time';
import { Loaded } from '@/shell/Loaded';
import { myId } from '@/state/session';
import { useCard, useInvoices, useOrder, usePerson } from '../api';
import { CardArt } from '../components/CardArt';
import { OrderState } from '../components/OrderState';
import { RefundRequest } from '../components/RefundRequest';
import { InvoiceRow } from '../components/InvoiceRow';
import { standing, tones } from '../model/orders';

export function OrderScreen() {
  const { t } = useTranslation(['market', 'common']);
  const { orderId } = useLocalSearchParams<{ orderId: string }>();
  const order = useOrder(orderId);
  return (
    <Screen title={t('market:order')} back={{ label: t('common:back'), fallback: '/market/orders' }}>
      <Loaded query={order}>{(found) => <Page order={found} />}</Loaded>
    </Screen>
  );
}

function Page({ order }: { order: Order }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const card = useCard(order.cardId).data;
  const bought = order.buyerId === myId();
  const other = usePerson(bought ? order.sellerId : order.buyerId).data;
  const state = standing(order);
  const invoices = (useInvoices().data ?? []).filter((invoice) => invoice.orderId === order.id);
  return (
    <ScrollBody>
      <View style={styles.head}>
        <CardArt id={order.cardId} category={card?.category ?? 'other'} size={56} />
        <View style={styles.words}>
          <Text variant="title" role="heading" numberOfLines={2}>
            {order.quantity > 1 ? `${order.quantity} × ${order.name}` : order.name}
          </Text>
          <Text color="textMuted" numberOfLines={1}>
            {other ? t(bought ? 'by' : 'to', { name: other.displayName }) : ' '}
          </Text>
        </View>
        <View>
          <Badge label={t(`status_${state}`)} tone={tones[state]} />
        </View>
      </View>
      {bought ? <OrderState order={order} /> : null}
      <Card>
        <Facts>
          <Fact
            name={t('pieces', { count: order.quantity })}
            value={formatMoney({ ...order.price, amount: order.price.amount * order.quantity })}
          />
          {order.discount.amount > 0 ? (
            <Fact
              name={order.coupon ? t('couponNamed', { code: order.coupon }) : t('coupon')}
              value={`−${formatMoney(order.discount)}`}
            />
          ) : null}
          <Fact strong name={t('total')} value={formatMoney(order.total)} />
          <Fact name={t('ordered')} value={dateTime(order.createdAt)} />
          {order.completedAt ? <Fact name={t('completed')} value={dateTime(order.completedAt)} /> : null}
          <Fact name={t('revision')} value={String(order.revision)} />
        </Facts>
      </Card>
      {invoices.length > 0 ? (
        <Section title={t('invoices')}>
          {invoices.map((invoice) => (
            <InvoiceRow key={invoice.id} invoice={invoice} />
          ))}
        </Section>
      ) : null}
      {order.refund ? (
        <Section title={t('refund')}>
          <ListItem
            title={t(`refund_${order.refund.status}`)}
            subtitle={order.refund.reason || undefined}
            trailing={<Text variant="bodyStrong">{formatMoney(order.refund.amount)}</Text>}
          />
        </Section>
      ) : null}
      <RefundRequest order={order} />
    </ScrollBody>
  );
}

const useStyles = makeStyles(() => ({
  head: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  words: { flex: 1, minWidth: 0 },
}));
