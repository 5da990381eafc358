// Owns coupons for one's own cards: those there are, and a new one.
import type { Coupon } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Badge,
  Button,
  Chip,
  EmptyState,
  Icon,
  IconButton,
  Input,
  ListItem,
  makeStyles,
  Screen,
  ScrollBody,
  Section,
  Sheet,
  space,
  Text,
  toast,
} from '@/design';
import { serverNow } from '@/lib/api';
import { formatMoney } from '@/lib/money';
import { queryClient } from '@/lib/query';
import { dateTime } from '@/lib/time';
import { wordsFor } from '@/lib/words';
import { Loaded } from '@/shell/Loaded';
import { creatorActions, creatorKeys, useCoupons, useMyCards } from '../api';

const again = () => queryClient.invalidateQueries({ queryKey: creatorKeys.coupons });
const DAY_MS = 24 * 3_600_000;

export function CouponsScreen() {
  const { t } = useTranslation(['creator', 'common']);
  const [making, setMaking] = useState(false);
  const make = <Button compact icon="add" label={t('creator:newCoupon')} onPress={() => setMaking(true)} />;
  return (
    <Screen
      title={t('creator:coupons')}
      back={{ label: t('common:back'), fallback: '/creator' }}
      actions={make}
    >
      <Loaded
        query={useCoupons()}
        empty={
          <EmptyState
            icon="pricetag-outline"
            title={t('creator:noCoupons')}
            body={t('creator:noCouponsBody')}
            action={make}
          />
        }
      >
        {(coupons) => (
          <ScrollBody>
            <Section>
              {coupons.map((coupon) => (
                <Row key={coupon.code} coupon={coupon} />
              ))}
            </Section>
          </ScrollBody>
        )}
      </Loaded>
      {making ? <Maker onClose={() => setMaking(false)} /> : null}
    </Screen>
  );
}

function Row({ coupon }: { coupon: Coupon }) {
  const { t } = useTranslation('creator');
  const card = (useMyCards().data ?? []).find(({ id }) => id === coupon.cardId);
  const over = coupon.withdrawn || Date.parse(coupon.expiresAt) <= serverNow();
  const remove = useMutation({
    mutationFn: async () => {
      await creatorActions.removeCoupon(coupon.code);
      await again();
    },
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  const off = coupon.amountOff ? formatMoney(coupon.amountOff) : `${coupon.percentOff ?? 0} %`;
  return (
    <ListItem
      title={`${coupon.code} · −${off}`}
      subtitle={`${card?.name ?? t('allMyCards')} · ${t('until', { time: dateTime(coupon.expiresAt) })}`}
      leading={<Icon name="pricetag-outline" color={over ? 'textFaint' : 'accent'} />}
      trailing={
        <>
          <View>
            <Badge
              label={
                over
                  ? t('couponOver')
                  : t('used', { used: coupon.redeemed + coupon.held, most: coupon.redemptionsMax })
              }
              tone={over ? 'neutral' : 'accent'}
            />
          </View>
          {coupon.withdrawn ? null : (
            <IconButton
              icon="trash-outline"
              iconSize={18}
              label={t('removeCoupon', { code: coupon.code })}
              disabled={remove.isPending}
              onPress={() => remove.mutate()}
            />
          )}
        </>
      }
    />
  );
}

const percents = [10, 20, 25, 50, 100] as const;
const spans = [1, 7, 30, 90] as const;

function Maker({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['creator', 'common']);
  const styles = useStyles();
  const cards = (useMyCards().data ?? []).filter(({ status }) => status === 'published');
  const [code, setCode] = useState('');
  const [percentOff, setPercent] = useState<number>(percents[1]);
  const [days, setDays] = useState<number>(spans[2]);
  const [most, setMost] = useState('100');
  const [cardId, setCardId] = useState<string | null>(null);
  const make = useMutation({
    mutationFn: async () => {
      await creatorActions.newCoupon({
        code: code.trim(),
        percentOff,
        redemptionsMax: Number(most),
        expiresAt: new Date(serverNow() + days * DAY_MS).toISOString(),
        ...(cardId ? { cardId } : {}),
      });
      await again();
    },
    onSuccess: onClose,
  });
  const fits = /^[A-Za-z0-9_-]{3,32}$/.test(code.trim()) && /^[1-9]\d{0,6}$/.test(most);
  return (
    <Sheet visible title={t('creator:newCoupon')} closeLabel={t('common:close')} onClose={onClose}>
      <View style={styles.body}>
        <Input
          label={t('creator:code')}
          hint={t('creator:codeHint')}
          value={code}
          onChangeText={setCode}
          autoCapitalize="characters"
          autoCorrect={false}
          maxLength={32}
        />
        <Text variant="label" color="textMuted">
          {t('creator:takesOff')}
        </Text>
        <View style={styles.chips}>
          {percents.map((percent) => (
            <Chip
              key={percent}
              label={`${percent} %`}
              on={percent === percentOff}
              onPress={() => setPercent(percent)}
            />
          ))}
        </View>
        <Text variant="label" color="textMuted">
          {t('creator:holdsFor')}
        </Text>
        <View style={styles.chips}>
          {spans.map((span) => (
            <Chip
              key={span}
              label={t('creator:days', { count: span })}
              on={span === days}
              onPress={() => setDays(span)}
            />
          ))}
        </View>
        <Text variant="label" color="textMuted">
          {t('creator:holdsOn')}
        </Text>
        <View style={styles.chips}>
          <Chip label={t('creator:allMyCards')} on={cardId === null} onPress={() => setCardId(null)} />
          {cards.map((card) => (
            <Chip
              key={card.id}
              label={card.name}
              on={cardId === card.id}
              onPress={() => setCardId(card.id)}
            />
          ))}
        </View>
        <Input label={t('creator:redemptions')} value={most} onChangeText={setMost} inputMode="numeric" />
        {make.error ? (
          <Text color="danger" role="alert">
            {wordsFor(make.error)}
          </Text>
        ) : null}
        <Button
          label={t('creator:makeCoupon')}
          disabled={!fits}
          busy={make.isPending}
          onPress={() => make.mutate()}
        />
      </View>
    </Sheet>
  );
}

const useStyles = makeStyles(() => ({
  body: { paddingHorizontal: space.l, paddingBottom: space.m, gap: space.m },
  chips: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
}));
