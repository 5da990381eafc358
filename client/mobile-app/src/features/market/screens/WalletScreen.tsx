// Owns the wallet: what is prepaid for messages, topping it up, and what has been spent.
import type { Receipt, WalletBalance } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { useState } from 'react';
import { View } from 'react-native';
import {
  Button,
  Card,
  EmptyState,
  Icon,
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
import { useCard, useReceipts, useWallet } from '../api';
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
              <Loaded query={receipts}>
                {(all) =>
                  all.length === 0 ? (
                    <EmptyState
                      icon="chatbubble-ellipses-outline"
                      title={t('market:noReceipts')}
                      body={t('market:noReceiptsBody')}
                    />
                  ) : (
                    <Section title={t('market:receipts')}>
                      {all.map((receipt) => (
                        <ReceiptRow key={receipt.runId} receipt={receipt} />
                      ))}
                    </Section>
                  )
                }
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
  const styles = useStyles();
  const sum = (amount: number) => formatMoney({ amount, currency: balance.currency });
  return (
    <Card style={styles.balance}>
      <View style={styles.words}>
        <Text variant="label" color="textMuted">
          {t('prepaid')}
        </Text>
        <Text variant="display" testID="wallet-balance" style={styles.digits}>
          {sum(balance.available)}
        </Text>
        <Text variant="caption" color="textFaint">
          {balance.held > 0 ? t('heldOf', { sum: sum(balance.held) }) : t('walletBody')}
        </Text>
      </View>
      <Button icon="add" label={t('topUp')} onPress={onTopUp} testID="top-up" />
    </Card>
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

const useStyles = makeStyles(() => ({
  balance: { flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', gap: space.l, padding: space.xl },
  words: { flexGrow: 1, gap: 2 },
  digits: { fontVariant: ['tabular-nums'] },
}));
