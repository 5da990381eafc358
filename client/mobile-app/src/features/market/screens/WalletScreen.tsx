// Owns the wallet: what is prepaid for messages, topping it up, and what has been spent.
import type { Receipt, WalletBalance } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { useState } from 'react';
import { Button, EmptyState, Icon, ListItem, Screen, ScrollBody, Section, Text } from '@/design';
import { formatMoney } from '@/lib/money';
import { dateTime } from '@/lib/time';
import { Loaded } from '@/shell/Loaded';
import { useCard, useReceipts, useWallet } from '../api';
import { BalanceCard } from '../components/BalanceCard';
import { TopUpSheet } from '../components/TopUpSheet';

export function WalletScreen() {
  const { t } = useTranslation(['market', 'common']);
  const [adding, setAdding] = useState(false);
  const wallet = useWallet();
  const receipts = useReceipts();
  return (
    <Screen title={t('market:wallet')} back={{ label: t('common:back'), fallback: '/market' }}>
      <Loaded query={wallet}>
        {({ balances }) => {
          const shown = balances.length > 0 ? balances : [none];
          return (
            <ScrollBody>
              {shown.map((balance) => (
                <Balance key={balance.currency} balance={balance} onTopUp={() => setAdding(true)} />
              ))}
              <Loaded
                query={receipts}
                empty={
                  <EmptyState
                    icon="chatbubble-ellipses-outline"
                    title={t('market:noReceipts')}
                    body={t('market:noReceiptsBody')}
                  />
                }
              >
                {(all) => (
                  <Section title={t('market:receipts')}>
                    {all.map((receipt) => (
                      <ReceiptRow key={receipt.runId} receipt={receipt} />
                    ))}
                  </Section>
                )}
              </Loaded>
              {adding ? (
                <TopUpSheet currency={shown[0]?.currency ?? 'EUR'} onClose={() => setAdding(false)} />
              ) : null}
            </ScrollBody>
          );
        }}
      </Loaded>
    </Screen>
  );
}

const none: WalletBalance = { currency: 'EUR', balance: 0, held: 0, available: 0 };

function Balance({ balance, onTopUp }: { balance: WalletBalance; onTopUp: () => void }) {
  const { t } = useTranslation('market');
  const { currency, available, held } = balance;
  return (
    <BalanceCard
      title={t('prepaid')}
      amount={available}
      currency={currency}
      note={held > 0 ? t('heldOf', { sum: formatMoney({ amount: held, currency }) }) : t('walletBody')}
      action={<Button icon="add" label={t('topUp')} onPress={onTopUp} testID="top-up" />}
      testID="wallet-balance"
    />
  );
}

function ReceiptRow({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation('market');
  const card = useCard(receipt.cardId).data;
  return (
    <ListItem
      title={t('messageOf', { name: card?.name ?? '…' })}
      subtitle={dateTime(receipt.issuedAt)}
      leading={<Icon name="chatbubble-outline" color="textMuted" />}
      trailing={<Text variant="bodyStrong">{formatMoney(receipt.price)}</Text>}
    />
  );
}
