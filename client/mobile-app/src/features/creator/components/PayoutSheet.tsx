// Owns asking for what one is owed.
import type { Balance } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Button, Input, makeStyles, Sheet, space, Text, toast } from '@/design';
import { amountText, formatMoney, parseAmount } from '@/lib/money';
import { useOnce } from '@/lib/onceKey';
import { queryClient } from '@/lib/query';
import { wordsFor } from '@/lib/words';
import { creatorActions, creatorKeys } from '../api';

export function PayoutSheet({ balance, onClose }: { balance: Balance; onClose: () => void }) {
  const { t } = useTranslation(['creator', 'common']);
  const styles = useStyles();
  const once = useOnce();
  const { currency, available } = balance;
  const [text, setText] = useState(amountText(available));
  const amount = parseAmount(text);
  const fits = amount !== null && amount > 0 && amount <= available;
  const payOut = useMutation({
    mutationFn: (sum: number) =>
      once(String(sum), (key) => creatorActions.payOut({ amount: sum, currency }, key)),
    onSuccess: () => {
      toast(t('creator:payoutAsked'));
      for (const queryKey of [creatorKeys.balance, creatorKeys.payouts, ['statement']])
        void queryClient.invalidateQueries({ queryKey });
      onClose();
    },
  });
  return (
    <Sheet visible title={t('creator:payOut')} closeLabel={t('common:close')} onClose={onClose}>
      <View style={styles.body}>
        <Text color="textMuted">
          {t('creator:payoutBody', { sum: formatMoney({ amount: available, currency }) })}
        </Text>
        <Input
          label={t('creator:amountIn', { currency })}
          value={text}
          onChangeText={setText}
          inputMode="decimal"
          {...(text && !fits ? { error: t('creator:amountWrong') } : {})}
        />
        {payOut.error ? (
          <Text color="danger" role="alert">
            {wordsFor(payOut.error)}
          </Text>
        ) : null}
        <Button
          testID="confirm-payout"
          label={t('creator:payOutSum', { sum: fits ? formatMoney({ amount, currency }) : '' })}
          disabled={!fits}
          busy={payOut.isPending}
          onPress={() => amount && payOut.mutate(amount)}
        />
        <Text variant="caption" color="textFaint" align="center">
          {t('creator:payoutTest')}
        </Text>
      </View>
    </Sheet>
  );
}

const useStyles = makeStyles(() => ({
  body: { paddingHorizontal: space.l, paddingBottom: space.m, gap: space.l },
}));
