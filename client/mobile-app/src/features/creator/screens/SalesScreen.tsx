// Owns the list of what others have ordered of one's cards.
import { useTranslation } from 'react-i18next';
import { EmptyState, Screen, ScrollBody, Section } from '@/design';
import { OrderRow } from '@/features/market/components/OrderRow';
import { Loaded } from '@/shell/Loaded';
import { useSales } from '../api';

export function SalesScreen() {
  const { t } = useTranslation(['creator', 'common']);
  return (
    <Screen title={t('creator:sales')} back={{ label: t('common:back'), fallback: '/creator' }}>
      <Loaded
        query={useSales()}
        empty={
          <EmptyState icon="cart-outline" title={t('creator:noSales')} body={t('creator:noSalesBody')} />
        }
      >
        {(sales) => (
          <ScrollBody>
            <Section>
              {sales.map((sale) => (
                <OrderRow key={sale.id} order={sale} />
              ))}
            </Section>
          </ScrollBody>
        )}
      </Loaded>
    </Screen>
  );
}
