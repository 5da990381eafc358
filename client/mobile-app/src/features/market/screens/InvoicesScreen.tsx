// Owns the list of invoices and credit notes that one wrote or was written.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState, Screen, ScrollBody, Section, SegmentedControl } from '@/design';
import { Loaded } from '@/shell/Loaded';
import { myId } from '@/state/session';
import { useInvoices } from '../api';
import { InvoiceRow } from '../components/InvoiceRow';

type Side = 'bought' | 'sold';

export function InvoicesScreen() {
  const { t } = useTranslation(['market', 'common']);
  const [side, setSide] = useState<Side>('bought');
  return (
    <Screen title={t('market:invoices')} back={{ label: t('common:back'), fallback: '/market' }}>
      <Loaded query={useInvoices()}>
        {(all) => {
          const mine = all.filter((one) => (side === 'bought' ? one.buyerId : one.sellerId) === myId());
          const sells = all.some((one) => one.sellerId === myId());
          return (
            <ScrollBody>
              {sells ? (
                <SegmentedControl
                  label={t('market:invoices')}
                  segments={[
                    { value: 'bought', label: t('market:bought') },
                    { value: 'sold', label: t('market:sold') },
                  ]}
                  value={side}
                  onChange={setSide}
                />
              ) : null}
              {mine.length === 0 ? (
                <EmptyState
                  icon="receipt-outline"
                  title={t('market:noInvoices')}
                  body={t('market:noInvoicesBody')}
                />
              ) : (
                <Section>
                  {mine.map((invoice) => (
                    <InvoiceRow key={invoice.id} invoice={invoice} />
                  ))}
                </Section>
              )}
            </ScrollBody>
          );
        }}
      </Loaded>
    </Screen>
  );
}
