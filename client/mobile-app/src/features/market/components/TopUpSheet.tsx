// Owns topping the wallet up: how much, how paid, and what became of it.
import type { Currency } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Button, Chip, Input, makeStyles, Sheet, space, Text, toast } from '@/design';
import { amountText, formatMoney, parseAmount } from '@/lib/money';
import { useOnce } from '@/lib/onceKey';
import { queryClient } from '@/lib/query';
import { wordsFor } from '@/lib/words';
import { isDecided, marketActions, marketKeys, usePayment } from '../api';
import { type Method, PaymentMethods } from './PaymentMethods';

const presets = [500, 1_000, 2_000, 5_000] as const;

export function TopUpSheet({ currency, onClose }: { currency: Currency; onClose: () => void }) {
  const { t } = useTranslation(['market', 'common']);
  const styles = useStyles();
  const once = useOnce();
  const [text, setText] = useState(amountText(presets[1]));
  const [method, setMethod] = useState<Method>('test_success');
  const amount = parseAmount(text);
  const add = useMutation({
    mutationFn: (sum: number) =>
      once(`${sum} ${method}`, (key) => marketActions.topUp({ amount: sum, currency }, method, key)),
  });
  const payment = usePayment(add.data?.id ?? null).data ?? add.data;
  const waits = payment !== undefined && !isDecided(payment);
  const status = payment?.status;
  useEffect(() => {
    if (status !== 'succeeded') return;
    toast(t('market:toppedUp'));
    // The money is there soon after the payment.
    const ask = () => void queryClient.invalidateQueries({ queryKey: marketKeys.wallet });
    ask();
    setTimeout(ask, 1_500);
    onClose();
  }, [status, onClose, t]);
  const failed = status === 'failed' || status === 'canceled';
  return (
    <Sheet visible title={t('market:topUp')} closeLabel={t('common:close')} onClose={onClose}>
      <View style={styles.body}>
        <View style={styles.chips}>
          {presets.map((preset) => (
            <Chip
              key={preset}
              label={formatMoney({ amount: preset, currency })}
              on={amount === preset}
              onPress={() => setText(amountText(preset))}
            />
          ))}
        </View>
        <Input
          label={t('market:amountIn', { currency })}
          value={text}
          onChangeText={setText}
          inputMode="decimal"
          {...(text && amount === null ? { error: t('market:amountWrong') } : {})}
        />
        <PaymentMethods chosen={method} onChoose={setMethod} />
        {failed || add.error ? (
          <Text color="danger" role="alert">
            {add.error
              ? wordsFor(add.error)
              : [t('market:paymentFailed'), payment?.reason].filter(Boolean).join(': ')}
          </Text>
        ) : null}
        <Button
          testID="top-up-pay"
          icon="lock-closed"
          label={t('market:pay', { sum: amount === null ? '' : formatMoney({ amount, currency }) })}
          disabled={!amount}
          busy={add.isPending || waits}
          onPress={() => amount && add.mutate(amount)}
        />
        <Text variant="caption" color="textFaint" align="center">
          {waits ? t('market:statusTitle_paying') : t('market:testHint')}
        </Text>
      </View>
    </Sheet>
  );
}

const useStyles = makeStyles(() => ({
  body: { paddingHorizontal: space.l, paddingBottom: space.m, gap: space.l },
  chips: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
}));
