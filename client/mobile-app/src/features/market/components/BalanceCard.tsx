// Owns how a sum that belongs to a person is shown, with what can be done with it.
import type { Money } from '@aichatwar/shared';
import type { ReactNode } from 'react';
import { View } from 'react-native';
import { Card, makeStyles, space, Text } from '@/design';
import { formatMoney } from '@/lib/money';

export interface BalanceCardProps {
  title: string;
  amount: number;
  currency: Money['currency'];
  note: string;
  action: ReactNode;
  testID: string;
}

export function BalanceCard({ title, amount, currency, note, action, testID }: BalanceCardProps) {
  const styles = useStyles();
  return (
    <Card style={styles.card}>
      <View style={styles.words}>
        <Text variant="label" color="textMuted">
          {title}
        </Text>
        <Text variant="display" color={amount < 0 ? 'danger' : 'text'} style={styles.digits} testID={testID}>
          {formatMoney({ amount, currency })}
        </Text>
        <Text variant="caption" color="textFaint">
          {note}
        </Text>
      </View>
      {action}
    </Card>
  );
}

const useStyles = makeStyles(() => ({
  card: { flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', gap: space.l, padding: space.xl },
  words: { flex: 1, minWidth: 140, gap: 2 },
  digits: { fontVariant: ['tabular-nums'] },
}));
