// Owns paying: the time that is left, how to pay, and what became of the last attempt.
import type { Order } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActivityIndicator, View } from 'react-native';
import { Button, Card, Icon, makeStyles, radius, space, Text, useTheme } from '@/design';
import { serverNow } from '@/lib/api';
import { formatMoney } from '@/lib/money';
import { useOnce } from '@/lib/onceKey';
import { queryClient } from '@/lib/query';
import { wordsFor } from '@/lib/words';
import { marketActions, marketKeys, usePayment } from '../api';
import { secondsLeft } from '../model/countdown';
import { Countdown } from './Countdown';
import { type Method, PaymentMethods } from './PaymentMethods';

const ask = (id: string) => void queryClient.invalidateQueries({ queryKey: marketKeys.order(id) });

export function PayPanel({ order, now = serverNow }: { order: Order; now?: () => number }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const { colors } = useTheme();
  const once = useOnce();
  const [method, setMethod] = useState<Method>('test_success');
  const [over, setOver] = useState(
    () => order.expiresAt !== null && secondsLeft(order.expiresAt, now()) === 0,
  );
  const pay = useMutation({
    // Each attempt of the order is a payment of its own; the same attempt sent twice is one.
    mutationFn: () => once(`${order.attempts} ${method}`, (key) => marketActions.pay(order.id, method, key)),
    onSuccess: (payment) => queryClient.setQueryData(marketKeys.payment(payment.id), payment),
    onSettled: () => ask(order.id),
  });
  const payment = usePayment(pay.data?.id ?? null).data;
  const paying = order.status === 'paying';
  const failed = !paying && (payment?.status === 'failed' || payment?.status === 'canceled');
  const left = order.attemptsMax - order.attempts;
  return (
    <>
      <Card style={styles.panel}>
        {order.expiresAt ? (
          <Countdown
            startedAt={order.createdAt}
            expiresAt={order.expiresAt}
            now={now}
            onOver={() => {
              setOver(true);
              ask(order.id);
            }}
          />
        ) : null}
        {paying ? (
          <View style={styles.line} role="status">
            <ActivityIndicator size="small" color={colors.accent} />
            <Text color="textMuted">{t('statusTitle_paying')}</Text>
          </View>
        ) : over ? (
          <View style={styles.line} role="status">
            <ActivityIndicator size="small" color={colors.textFaint} />
            <Text color="textMuted">{t('askingServer')}</Text>
          </View>
        ) : (
          <Text color="textMuted" align="center" style={styles.narrow}>
            {t('heldForYou')}
          </Text>
        )}
      </Card>
      {paying || over ? null : (
        <>
          {failed || (order.attempts > 0 && !pay.isPending && !pay.error) ? (
            <View style={styles.failed} role="alert" testID="payment-failed">
              <Icon name="alert-circle" color="danger" />
              <View style={styles.grow}>
                <Text variant="bodyStrong">{t('paymentFailed')}</Text>
                <Text variant="label" color="textMuted">
                  {[payment?.reason, t('attemptsLeft', { count: left })].filter(Boolean).join(' · ')}
                </Text>
              </View>
            </View>
          ) : null}
          <PaymentMethods chosen={method} onChoose={setMethod} />
          {pay.error ? (
            <Text color="danger" role="alert">
              {wordsFor(pay.error)}
            </Text>
          ) : null}
          <Button
            testID="pay"
            icon="lock-closed"
            label={t(order.attempts > 0 ? 'payAgain' : 'pay', { sum: formatMoney(order.total) })}
            busy={pay.isPending}
            disabled={left <= 0}
            onPress={() => pay.mutate()}
          />
          <Text variant="caption" color="textFaint" align="center">
            {t('testHint')}
          </Text>
        </>
      )}
    </>
  );
}

const useStyles = makeStyles((colors) => ({
  panel: { alignItems: 'center', gap: space.l, paddingVertical: space.xl },
  narrow: { maxWidth: 380 },
  line: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  failed: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    padding: space.m,
    borderRadius: radius.m,
    backgroundColor: colors.dangerSoft,
  },
  grow: { flex: 1 },
}));
