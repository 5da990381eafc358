// Owns a card as the catalogue shows it: a tile where there is room, a row on a phone.
import type { ModelCard } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Badge, Icon, makeStyles, radius, space, Text, Touchable, useTheme } from '@/design';
import { formatMoney } from '@/lib/money';
import { usePerson } from '../api';
import { CardArt } from './CardArt';
import { EditionBadge, Price } from './Price';
import { RatingLine } from './Stars';

export interface CardTileProps {
  card: ModelCard;
  owned: boolean;
  tall: boolean;
  onPress: (id: string) => void;
}

export function CardTile({ card, owned, tall, onPress }: CardTileProps) {
  const { t } = useTranslation('market');
  const { colors } = useTheme();
  const styles = useStyles();
  const seller = usePerson(card.sellerId).data;
  const price = card.price.amount === 0 ? t('free') : formatMoney(card.price);
  return (
    <Touchable
      role="link"
      label={`${card.name}, ${price}`}
      testID={`card-${card.handle}`}
      onPress={() => onPress(card.id)}
      style={({ pressed, hovered }) => [
        styles.tile,
        tall && styles.tall,
        (pressed || hovered) && { borderColor: colors.borderStrong, backgroundColor: colors.canvas },
      ]}
    >
      {tall ? <CardArt id={card.id} category={card.category} size={92} banner /> : null}
      <View style={tall ? styles.inside : styles.row}>
        {tall ? null : <CardArt id={card.id} category={card.category} size={60} />}
        <View style={styles.words}>
          <View style={styles.head}>
            <Text variant="heading" numberOfLines={1} style={styles.name}>
              {card.name}
            </Text>
            {owned ? <Icon name="checkmark-circle" size={17} color="agent" /> : null}
          </View>
          <Text variant="caption" color="textFaint" numberOfLines={1}>
            {seller ? t('by', { name: seller.displayName }) : ' '}
          </Text>
          <Text variant="label" color="textMuted" numberOfLines={2} style={styles.body}>
            {card.description}
          </Text>
          <View style={styles.foot}>
            <Price price={card.price} />
            <RatingLine rating={card.rating} />
            <View style={styles.end}>
              {card.edition ? (
                <EditionBadge edition={card.edition} />
              ) : owned ? (
                <Badge label={t('owned')} tone="agent" />
              ) : null}
            </View>
          </View>
        </View>
      </View>
    </Touchable>
  );
}

const useStyles = makeStyles((colors) => ({
  tile: {
    flex: 1,
    margin: space.xs + 2,
    borderRadius: radius.l,
    borderWidth: 1,
    borderColor: colors.border,
    backgroundColor: colors.surface,
    overflow: 'hidden',
  },
  tall: { minHeight: 236 },
  row: { flexDirection: 'row', gap: space.m, padding: space.m },
  inside: { flex: 1, padding: space.m + 2 },
  words: { flex: 1, minWidth: 0, gap: 2 },
  head: { flexDirection: 'row', alignItems: 'center', gap: space.xs + 2 },
  name: { flexShrink: 1 },
  body: { fontWeight: '400', marginTop: 2, minHeight: 36 },
  foot: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.s + 2,
    marginTop: 'auto',
    paddingTop: space.s,
  },
  end: { marginLeft: 'auto', flexShrink: 1 },
}));
