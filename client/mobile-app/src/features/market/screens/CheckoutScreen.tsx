// Owns what is decided before an order is placed: how many, and with which coupon. The server says what it comes to.
import type { ModelCard } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useLocalSearchParams, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Button,
  Card,
  Fact,
  Facts,
  IconButton,
  Input,
  makeStyles,
  Screen,
  ScrollBody,
  space,
  Text,
} from '@/design';
import { formatMoney } from '@/lib/money';
import { useOnce } from '@/lib/onceKey';
import { queryClient } from '@/lib/query';
import { wordsFor } from '@/lib/words';
import { Loaded } from '@/shell/Loaded';
import { marketActions, marketKeys, useCard } from '../api';
import { CardArt } from '../components/CardArt';
import { EditionBadge } from '../components/Price';

const MOST = 100;

export function CheckoutScreen() {
  const { t } = useTranslation(['market', 'common']);
  const { cardId } = useLocalSearchParams<{ cardId: string }>();
  const card = useCard(cardId);
  return (
    <Screen
      title={t('market:checkout')}
      back={{ label: t('common:back'), fallback: { pathname: '/market/cards/[cardId]', params: { cardId } } }}
    >
      <Loaded query={card}>{(found) => <Form card={found} />}</Loaded>
    </Screen>
  );
}

function Form({ card }: { card: ModelCard }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const router = useRouter();
  const once = useOnce();
  const [wished, setQuantity] = useState(1);
  const [coupon, setCoupon] = useState('');
  const most = Math.min(MOST, card.edition?.available ?? MOST);
  // Others may have been faster.
  const quantity = Math.max(1, Math.min(wished, most));
  const sum = { ...card.price, amount: card.price.amount * quantity };
  const code = coupon.trim();
  const place = useMutation({
    mutationFn: () => {
      const order = { cardId: card.id, quantity, ...(code ? { coupon: code } : {}) };
      return once(JSON.stringify(order), (key) => marketActions.place(order, key));
    },
    onSuccess: (order) => {
      queryClient.setQueryData(marketKeys.order(order.id), order);
      void queryClient.invalidateQueries({ queryKey: marketKeys.orders });
      void queryClient.invalidateQueries({ queryKey: marketKeys.card(card.id) });
      router.replace({ pathname: '/market/orders/[orderId]', params: { orderId: order.id } });
    },
    onError: () => void queryClient.invalidateQueries({ queryKey: marketKeys.card(card.id) }),
  });
  return (
    <ScrollBody>
      <Card style={styles.card}>
        <CardArt id={card.id} category={card.category} size={64} />
        <View style={styles.words}>
          <Text variant="heading">{card.name}</Text>
          <Text color="textMuted">{t('each', { price: formatMoney(card.price) })}</Text>
          <EditionBadge edition={card.edition} />
        </View>
      </Card>
      {most > 1 ? (
        <View style={styles.row}>
          <View style={styles.words}>
            <Text variant="bodyStrong">{t('quantity')}</Text>
            <Text variant="caption" color="textMuted">
              {t('quantityBody')}
            </Text>
          </View>
          <View style={styles.stepper}>
            <IconButton
              icon="remove"
              label={t('fewer')}
              disabled={quantity <= 1}
              onPress={() => setQuantity(quantity - 1)}
            />
            <Text variant="heading" align="center" style={styles.digits} aria-live="polite">
              {String(quantity)}
            </Text>
            <IconButton
              icon="add"
              label={t('more')}
              disabled={quantity >= most}
              onPress={() => setQuantity(quantity + 1)}
            />
          </View>
        </View>
      ) : null}
      {card.price.amount > 0 ? (
        <Input
          label={t('coupon')}
          hint={t('couponHint')}
          icon="pricetag-outline"
          value={coupon}
          onChangeText={setCoupon}
          autoCapitalize="characters"
          autoCorrect={false}
          maxLength={32}
        />
      ) : null}
      <Card>
        <Facts>
          <Fact name={t('pieces', { count: quantity })} value={formatMoney(sum)} />
          {code ? <Fact name={t('coupon')} value={t('couponLater')} /> : null}
          <Fact strong name={t('total')} value={sum.amount === 0 ? t('free') : formatMoney(sum)} />
        </Facts>
      </Card>
      {place.error ? (
        <Text color="danger" role="alert">
          {wordsFor(place.error)}
        </Text>
      ) : null}
      <View style={styles.end}>
        <Button
          testID="place-order"
          label={sum.amount === 0 ? t('get') : t('placeOrder')}
          busy={place.isPending}
          onPress={() => place.mutate()}
        />
        <Text variant="caption" color="textFaint" align="center">
          {sum.amount === 0 ? t('freeHint') : t('placeHint')}
        </Text>
      </View>
    </ScrollBody>
  );
}

const useStyles = makeStyles(() => ({
  card: { flexDirection: 'row', gap: space.l, alignItems: 'center' },
  words: { flex: 1, minWidth: 0, gap: 2 },
  row: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  stepper: { flexDirection: 'row', alignItems: 'center', gap: space.xs },
  digits: { minWidth: 32, fontVariant: ['tabular-nums'] },
  end: { gap: space.s },
}));
