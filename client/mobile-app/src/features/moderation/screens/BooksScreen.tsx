// Owns the check of the ledger: whether it is even, and whether the provider's books say the same.
import type { LedgerCheck } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Button, Card, Fact, Facts, Icon, makeStyles, Screen, ScrollBody, space, Text } from '@/design';
import { formatMoney } from '@/lib/money';
import { Loaded } from '@/shell/Loaded';
import { useLedgerCheck } from '../api';
import { NotYours } from '../components/NotYours';

export function BooksScreen() {
  const { t } = useTranslation(['moderation', 'common']);
  const check = useLedgerCheck();
  return (
    <Screen title={t('moderation:books')} back={{ label: t('common:back'), fallback: '/market' }}>
      <Loaded query={check}>
        {(found) =>
          found === null ? (
            <NotYours />
          ) : (
            <ScrollBody>
              <Check found={found} />
              <Button
                kind="secondary"
                icon="refresh"
                label={t('moderation:checkAgain')}
                busy={check.isFetching}
                onPress={() => void check.refetch()}
              />
            </ScrollBody>
          )
        }
      </Loaded>
    </Screen>
  );
}

function Check({ found }: { found: LedgerCheck }) {
  const { t } = useTranslation('moderation');
  const styles = useStyles();
  return (
    <>
      <Card style={styles.head}>
        <Icon
          name={found.ok ? 'checkmark-circle' : 'alert-circle'}
          size={44}
          color={found.ok ? 'success' : 'danger'}
        />
        <View style={styles.words}>
          <Text variant="title">{t(found.ok ? 'booksOk' : 'booksWrong')}</Text>
          <Text color="textMuted">{t('transactions', { count: found.transactions })}</Text>
        </View>
      </Card>
      {found.clearing.map((one) => {
        const sum = (amount: number) => formatMoney({ amount, currency: one.currency });
        return (
          <Card key={one.provider + one.currency} style={styles.group}>
            <Text variant="heading">{`${one.provider} · ${one.currency}`}</Text>
            <Facts>
              <Fact name={t('inLedger')} value={sum(one.ledger)} />
              <Fact name={t('inBooks')} value={sum(one.books)} />
              <Fact name={t('paidOutLedger')} value={sum(one.ledgerPaidOut)} />
              <Fact name={t('paidOutBooks')} value={sum(one.booksPaidOut)} />
            </Facts>
          </Card>
        );
      })}
      <Card style={styles.group}>
        <Text variant="heading">{t('accounts')}</Text>
        <Facts>
          {found.accounts.map((one) => (
            <Fact
              key={one.account + one.currency}
              name={one.account}
              value={formatMoney({ amount: one.amount, currency: one.currency })}
            />
          ))}
        </Facts>
      </Card>
    </>
  );
}

const useStyles = makeStyles(() => ({
  head: { flexDirection: 'row', alignItems: 'center', gap: space.l },
  words: { flex: 1 },
  group: { gap: space.m },
}));
