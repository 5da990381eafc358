// Owns an invoice or credit note as lists show it.
import type { Invoice } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { Icon, ListItem, Text } from '@/design';
import { formatMoney } from '@/lib/money';
import { shortTime } from '@/lib/time';

export function InvoiceRow({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation('market');
  const router = useRouter();
  const credit = invoice.kind === 'credit_note';
  return (
    <ListItem
      title={t(credit ? 'creditNote' : 'invoice', { number: invoice.number })}
      subtitle={`${invoice.lines[0]?.description ?? ''} · ${shortTime(invoice.issuedAt)}`}
      leading={<Icon name={credit ? 'return-down-back' : 'receipt-outline'} color="textMuted" />}
      trailing={
        <Text variant="bodyStrong">
          {formatMoney({ amount: credit ? -invoice.gross : invoice.gross, currency: invoice.currency })}
        </Text>
      }
      chevron
      onPress={() =>
        router.push({ pathname: '/market/invoices/[invoiceId]', params: { invoiceId: invoice.id } })
      }
    />
  );
}
