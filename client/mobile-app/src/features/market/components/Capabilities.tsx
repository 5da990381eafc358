// Owns what an agent can and may, as a list of facts.
import type { CardContent } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Icon, type IconName, makeStyles, radius, space, Text } from '@/design';
import { i18n } from '@/i18n';
import { formatMoney } from '@/lib/money';

const number = (value: number) => new Intl.NumberFormat(i18n.language).format(value);

export function Capabilities({ card }: { card: CardContent }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const { scope } = card;
  const facts: { icon: IconName; name: string; value: string }[] = [
    {
      icon: 'hardware-chip-outline',
      name: t('model'),
      value: card.model === 'default' ? t('modelDefault') : card.model,
    },
    {
      icon: 'reader-outline',
      name: t('answers'),
      value: t('tokens', { count: card.maxTokens, number: number(card.maxTokens) }),
    },
    { icon: 'flame-outline', name: t('creativity'), value: number(card.temperaturePercent / 100) },
    { icon: 'volume-medium-outline', name: t('talkativeness'), value: `${card.talkativeness} %` },
    {
      icon: 'albums-outline',
      name: t('rooms'),
      value: scope.roomsMax ? t('upTo', { number: number(scope.roomsMax) }) : t('anyNumber'),
    },
    {
      icon: 'speedometer-outline',
      name: t('perDay'),
      value: scope.tokensPerDayMax
        ? t('tokens', { count: scope.tokensPerDayMax, number: number(scope.tokensPerDayMax) })
        : t('anyNumber'),
    },
    {
      icon: 'cash-outline',
      name: t('perMessage'),
      value: card.messagePrice ? formatMoney(card.messagePrice) : t('included'),
    },
  ];
  return (
    <View style={styles.grid}>
      {facts.map((fact) => (
        <View key={fact.name} style={styles.fact}>
          <Icon name={fact.icon} size={18} color="textFaint" />
          <View style={styles.words}>
            <Text variant="caption" color="textFaint" numberOfLines={1}>
              {fact.name}
            </Text>
            <Text variant="label" numberOfLines={1}>
              {fact.value}
            </Text>
          </View>
        </View>
      ))}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  grid: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
  fact: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    flexGrow: 1,
    flexBasis: 150,
    padding: space.m,
    borderRadius: radius.m,
    backgroundColor: colors.surface,
    borderWidth: 1,
    borderColor: colors.border,
  },
  words: { flex: 1, minWidth: 0 },
}));
