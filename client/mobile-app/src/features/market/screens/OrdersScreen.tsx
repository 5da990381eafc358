// Owns the list of what one has ordered: first what waits, then what was.
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { Button, EmptyState, Screen, ScrollBody, Section } from '@/design';
import { Loaded } from '@/shell/Loaded';
import { useOrders } from '../api';
import { OrderRow } from '../components/OrderRow';
import { isUnderWay } from '../model/orders';

export function OrdersScreen() {
  const { t } = useTranslation(['market', 'common']);
  const router = useRouter();
  return (
    <Screen title={t('market:orders')} back={{ label: t('common:back'), fallback: '/market' }}>
      <Loaded query={useOrders()}>
        {(orders) => {
          if (orders.length === 0)
            return (
              <EmptyState
                icon="bag-handle-outline"
                title={t('market:noOrders')}
                body={t('market:noOrdersBody')}
                action={<Button label={t('market:discover')} onPress={() => router.navigate('/market')} />}
              />
            );
          const open = orders.filter(isUnderWay);
          const done = orders.filter((order) => !isUnderWay(order));
          return (
            <ScrollBody>
              {open.length > 0 ? (
                <Section title={t('market:openOrders')}>
                  {open.map((order) => (
                    <OrderRow key={order.id} order={order} />
                  ))}
                </Section>
              ) : null}
              {done.length > 0 ? (
                <Section title={t('market:pastOrders')}>
                  {done.map((order) => (
                    <OrderRow key={order.id} order={order} />
                  ))}
                </Section>
              ) : null}
            </ScrollBody>
          );
        }}
      </Loaded>
    </Screen>
  );
}
