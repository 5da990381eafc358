// Owns an invoice or credit note as a document: who, what, and how the sum comes about.
import type { Invoice } from '@aichatwar/shared';
import { useLocalSearchParams, useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Button, Card, Fact, Facts, makeStyles, Screen, ScrollBody, space, Text } from '@/design';
import { i18n } from '@/i18n';
import { formatMoney } from '@/lib/money';
import { dateTime } from '@/lib/time';
import { Loaded } from '@/shell/Loaded';
import { useInvoice, usePerson } from '../api';

export function InvoiceScreen() {
  const { t } = useTranslation(['market', 'common']);
  const { invoiceId } = useLocalSearchParams<{ invoiceId: string }>();
  return (
    <Screen title={t('market:document')} back={{ label: t('common:back'), fallback: '/market/invoices' }}>
      <Loaded query={useInvoice(invoiceId)}>{(invoice) => <Paper invoice={invoice} />}</Loaded>
    </Screen>
  );
}

function Paper({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const router = useRouter();
  const seller = usePerson(invoice.sellerId).data;
  const buyer = usePerson(invoice.buyerId).data;
  const { currency } = invoice;
  const sign = invoice.kind === 'credit_note' ? -1 : 1;
  const sum = (amount: number) => formatMoney({ amount: sign * amount, currency });
  const rate = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 2 }).format(
    invoice.taxBps / 10_000,
  );
  return (
    <ScrollBody>
      <Card style={styles.paper}>
        <View>
          <Text variant="title" role="heading">
            {t(sign < 0 ? 'creditNote' : 'invoice', { number: invoice.number })}
          </Text>
          <Text color="textMuted">{dateTime(invoice.issuedAt)}</Text>
        </View>
        <Facts>
          <Fact name={t('seller')} value={seller ? `${seller.displayName} (@${seller.handle})` : '…'} />
          <Fact name={t('buyer')} value={buyer ? `${buyer.displayName} (@${buyer.handle})` : '…'} />
        </Facts>
        <View style={styles.line} />
        <Facts>
          {invoice.lines.map((line, index) => (
            <Fact key={index} name={`${line.quantity} × ${line.description}`} value={sum(line.gross)} />
          ))}
        </Facts>
        <View style={styles.line} />
        <Facts>
          <Fact name={t('net')} value={sum(invoice.net)} />
          <Fact name={t('tax', { rate })} value={sum(invoice.tax)} />
          <Fact strong name={t('total')} value={sum(invoice.gross)} />
          {invoice.fee != null ? <Fact name={t('fee')} value={sum(invoice.fee)} /> : null}
        </Facts>
      </Card>
      <Button
        kind="ghost"
        label={t('toOrder')}
        onPress={() =>
          router.push({ pathname: '/market/orders/[orderId]', params: { orderId: invoice.orderId } })
        }
      />
    </ScrollBody>
  );
}

const useStyles = makeStyles((colors) => ({
  paper: { gap: space.l, padding: space.xl },
  line: { height: 1, backgroundColor: colors.border },
}));
