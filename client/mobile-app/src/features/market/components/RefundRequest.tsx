// Owns asking for the money back: by the buyer while the window is open, by the seller at any time.
import type { Order } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Button, Input, makeStyles, Sheet, space, Text, toast } from '@/design';
import { serverNow } from '@/lib/api';
import { useOnce } from '@/lib/onceKey';
import { queryClient } from '@/lib/query';
import { wordsFor } from '@/lib/words';
import { myId } from '@/state/session';
import { marketActions, marketKeys } from '../api';
import { mayRefund, REFUND_DAYS } from '../model/orders';

export function RefundRequest({ order }: { order: Order }) {
  const { t } = useTranslation(['market', 'common']);
  const styles = useStyles();
  const once = useOnce();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const bought = order.buyerId === myId();
  const ask = useMutation({
    mutationFn: () => once(reason, (key) => marketActions.refund(order.id, reason.trim(), key)),
    onSuccess: async () => {
      setAsking(false);
      await queryClient.invalidateQueries({ queryKey: marketKeys.order(order.id) });
      await queryClient.invalidateQueries({ queryKey: marketKeys.orders });
    },
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  const sellersRight =
    !bought && mayRefund({ ...order, completedAt: new Date(serverNow()).toISOString() }, serverNow());
  if (!(bought ? mayRefund(order, serverNow()) : sellersRight)) return null;
  return (
    <>
      <Button
        kind="ghost"
        icon="return-down-back"
        label={bought ? t('market:askRefund') : t('market:giveRefund')}
        onPress={() => setAsking(true)}
      />
      <Sheet
        visible={asking}
        title={bought ? t('market:askRefund') : t('market:giveRefund')}
        closeLabel={t('common:close')}
        onClose={() => setAsking(false)}
      >
        <View style={styles.body}>
          <Text color="textMuted">
            {bought ? t('market:refundBody', { count: REFUND_DAYS }) : t('market:giveRefundBody')}
          </Text>
          <Input
            label={t('market:reason')}
            value={reason}
            onChangeText={setReason}
            multiline
            maxLength={500}
          />
          <Button
            kind="danger"
            label={bought ? t('market:askRefund') : t('market:giveRefund')}
            busy={ask.isPending}
            onPress={() => ask.mutate()}
          />
        </View>
      </Sheet>
    </>
  );
}

const useStyles = makeStyles(() => ({
  body: { paddingHorizontal: space.l, paddingBottom: space.m, gap: space.l },
}));
