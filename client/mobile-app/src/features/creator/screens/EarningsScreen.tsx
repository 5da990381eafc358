// Owns what selling brings: the balance and its way out, the statement of a month, and the payouts.
import type { Balance, StatementLine } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Badge,
  Button,
  Card,
  EmptyState,
  Icon,
  IconButton,
  type IconName,
  ListItem,
  makeStyles,
  Screen,
  ScrollBody,
  Section,
  space,
  Text,
} from '@/design';
import { BalanceCard } from '@/features/market/components/BalanceCard';
import { serverNow } from '@/lib/api';
import { formatMoney } from '@/lib/money';
import { dateTime } from '@/lib/time';
import { Loaded } from '@/shell/Loaded';
import { useBalance, usePayouts, useStatement } from '../api';
import { PayoutSheet } from '../components/PayoutSheet';
import { monthName, monthOf, shifted } from '../model/months';

export function EarningsScreen() {
  const { t } = useTranslation(['creator', 'common']);
  const [paying, setPaying] = useState<Balance | null>(null);
  const payouts = usePayouts();
  return (
    <Screen title={t('creator:earnings')} back={{ label: t('common:back'), fallback: '/creator' }}>
      <Loaded query={useBalance()}>
        {({ items }) => (
          <ScrollBody>
            {(items.length > 0 ? items : [none]).map((balance) => (
              <Owed key={balance.currency} balance={balance} onPayOut={() => setPaying(balance)} />
            ))}
            <Month />
            {payouts.data?.length ? (
              <Section title={t('creator:payouts')}>
                {payouts.data.map((payout) => (
                  <ListItem
                    key={payout.id}
                    title={formatMoney(payout.amount)}
                    subtitle={payout.reason || dateTime(payout.createdAt)}
                    leading={<Icon name="arrow-up-circle-outline" color="textMuted" />}
                    trailing={
                      <View>
                        <Badge
                          label={t(`creator:payout_${payout.status}`)}
                          tone={
                            payout.status === 'paid'
                              ? 'agent'
                              : payout.status === 'failed'
                                ? 'danger'
                                : 'warning'
                          }
                        />
                      </View>
                    }
                  />
                ))}
              </Section>
            ) : null}
            {paying ? <PayoutSheet balance={paying} onClose={() => setPaying(null)} /> : null}
          </ScrollBody>
        )}
      </Loaded>
    </Screen>
  );
}

const none: Balance = { currency: 'EUR', payable: 0, held: 0, available: 0 };

function Owed({ balance, onPayOut }: { balance: Balance; onPayOut: () => void }) {
  const { t } = useTranslation('creator');
  const { currency, available, held } = balance;
  return (
    <BalanceCard
      title={t('available')}
      amount={available}
      currency={currency}
      note={held > 0 ? t('onItsWay', { sum: formatMoney({ amount: held, currency }) }) : t('owedBody')}
      action={
        <Button
          icon="arrow-up"
          label={t('payOut')}
          disabled={available <= 0}
          onPress={onPayOut}
          testID="pay-out"
        />
      }
      testID="available"
    />
  );
}

const signs: Record<string, IconName> = {
  complete: 'bag-check-outline',
  refund: 'return-down-back',
  dispute: 'alert-circle-outline',
  message: 'chatbubble-outline',
  payout: 'arrow-up-circle-outline',
};

function Month() {
  const { t } = useTranslation('creator');
  const styles = useStyles();
  const now = monthOf(serverNow());
  const [month, setMonth] = useState(now);
  const statement = useStatement(month);
  const first = statement.data?.pages[0];
  const lines = statement.data?.pages.flatMap((page) => page.items);
  return (
    <View style={styles.month}>
      <View style={styles.line}>
        <IconButton
          icon="chevron-back"
          label={t('monthBefore')}
          onPress={() => setMonth(shifted(month, -1))}
        />
        <Text variant="heading" align="center" style={styles.grow} role="heading" aria-live="polite">
          {monthName(month)}
        </Text>
        <IconButton
          icon="chevron-forward"
          label={t('monthAfter')}
          disabled={month >= now}
          onPress={() => setMonth(shifted(month, 1))}
        />
      </View>
      {first?.totals.map((total) => {
        const sum = (amount: number) => formatMoney({ amount, currency: total.currency });
        const parts = [
          { name: t('earned'), value: sum(total.earned) },
          { name: t('refunded'), value: sum(total.refunded) },
          { name: t('paidOut'), value: sum(total.paidOut) },
        ];
        return (
          <View key={total.currency} style={styles.totals}>
            {parts.map((part) => (
              <Card key={part.name} style={styles.total}>
                <Text variant="caption" color="textMuted" numberOfLines={1}>
                  {part.name}
                </Text>
                <Text variant="heading" style={styles.digits}>
                  {part.value}
                </Text>
              </Card>
            ))}
          </View>
        );
      })}
      <Loaded
        query={{ ...statement, data: lines }}
        empty={<EmptyState icon="calendar-outline" title={t('noLines')} body={t('noLinesBody')} />}
      >
        {(all) => (
          <Section>
            {all.map((line) => (
              <Line key={line.transactionId} line={line} />
            ))}
          </Section>
        )}
      </Loaded>
      {statement.hasNextPage ? (
        <Button
          kind="secondary"
          label={t('moreLines')}
          busy={statement.isFetchingNextPage}
          onPress={() => void statement.fetchNextPage()}
        />
      ) : null}
    </View>
  );
}

const kinds = ['complete', 'refund', 'dispute', 'message', 'payout'] as const;

function Line({ line }: { line: StatementLine }) {
  const { t } = useTranslation('creator');
  const router = useRouter();
  const { orderId } = line;
  const kind = kinds.find((known) => known === line.kind) ?? 'complete';
  return (
    <ListItem
      title={t(`line_${kind}`)}
      subtitle={dateTime(line.at)}
      leading={<Icon name={signs[kind] ?? 'cash-outline'} color="textMuted" />}
      trailing={
        <Text
          variant="bodyStrong"
          color={line.amount.amount < 0 ? 'text' : 'success'}
          style={{ fontVariant: ['tabular-nums'] }}
        >
          {`${line.amount.amount > 0 ? '+' : ''}${formatMoney(line.amount)}`}
        </Text>
      }
      {...(orderId
        ? { onPress: () => router.push({ pathname: '/market/orders/[orderId]', params: { orderId } }) }
        : {})}
    />
  );
}

const useStyles = makeStyles(() => ({
  grow: { flex: 1, minWidth: 140 },
  digits: { fontVariant: ['tabular-nums'] },
  month: { gap: space.m },
  line: { flexDirection: 'row', alignItems: 'center' },
  totals: { flexDirection: 'row', gap: space.s },
  total: { flex: 1, padding: space.m, gap: 2 },
}));
