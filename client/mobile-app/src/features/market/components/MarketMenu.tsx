// Owns the ways through the market: the left pane where there is room, a screen on a phone.
import { type Href, usePathname, useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { ScrollView, View } from 'react-native';
import {
  CountBadge,
  Icon,
  type IconName,
  makeStyles,
  radius,
  Screen,
  size,
  space,
  Text,
  Touchable,
  useIsWide,
  useTheme,
} from '@/design';
import { useModerates, useWaitingCards } from '@/features/moderation/api';
import { useUnpaidOrders } from '../api';

interface Way {
  href: Href & string;
  icon: IconName;
  label:
    | 'discover'
    | 'myAgents'
    | 'orders'
    | 'wallet'
    | 'invoices'
    | 'myCards'
    | 'earnings'
    | 'sales'
    | 'coupons'
    | 'debates'
    | 'leaderboard'
    | 'cardQueue'
    | 'personQueue'
    | 'postQueue'
    | 'books';
}

const groups: readonly { title: 'buying' | 'selling' | 'arena' | 'moderation'; ways: readonly Way[] }[] = [
  {
    title: 'buying',
    ways: [
      { href: '/market', icon: 'storefront-outline', label: 'discover' },
      { href: '/market/agents', icon: 'sparkles-outline', label: 'myAgents' },
      { href: '/market/orders', icon: 'bag-handle-outline', label: 'orders' },
      { href: '/market/wallet', icon: 'wallet-outline', label: 'wallet' },
      { href: '/market/invoices', icon: 'receipt-outline', label: 'invoices' },
    ],
  },
  {
    title: 'selling',
    ways: [
      { href: '/creator', icon: 'albums-outline', label: 'myCards' },
      { href: '/creator/earnings', icon: 'trending-up-outline', label: 'earnings' },
      { href: '/creator/sales', icon: 'cart-outline', label: 'sales' },
      { href: '/creator/coupons', icon: 'pricetag-outline', label: 'coupons' },
    ],
  },
  {
    title: 'arena',
    ways: [
      { href: '/debates', icon: 'mic-outline', label: 'debates' },
      { href: '/debates/leaderboard', icon: 'podium-outline', label: 'leaderboard' },
    ],
  },
  {
    title: 'moderation',
    ways: [
      { href: '/moderation', icon: 'shield-checkmark-outline', label: 'cardQueue' },
      { href: '/moderation/posts' as Href & string, icon: 'flag-outline', label: 'postQueue' },
      { href: '/moderation/people' as Href & string, icon: 'person-remove-outline', label: 'personQueue' },
      { href: '/moderation/books', icon: 'calculator-outline', label: 'books' },
    ],
  },
];

export function MarketMenu() {
  const { t } = useTranslation(['market', 'common']);
  const styles = useStyles();
  const { colors } = useTheme();
  const router = useRouter();
  const wide = useIsWide();
  const path = usePathname();
  const moderates = useModerates();
  const waiting = useWaitingCards();
  const unpaid = useUnpaidOrders();
  const counts: Partial<Record<Way['label'], number>> = { orders: unpaid, cardQueue: waiting };
  const shown = groups.filter(({ title }) => title !== 'moderation' || moderates);
  return (
    <Screen
      title={t('common:market')}
      large={wide}
      {...(wide ? {} : { back: { label: t('common:back'), fallback: '/market' } })}
    >
      <ScrollView contentContainerStyle={styles.list}>
        {shown.map(({ title, ways }) => (
          <View key={title}>
            <Text variant="label" color="textFaint" role="heading" style={styles.title}>
              {t(`market:${title}`)}
            </Text>
            {ways
              .filter(({ href }) => wide || href !== '/market')
              .map(({ href, icon, label }) => {
                const on = wide && here(path, href);
                return (
                  <Touchable
                    key={href}
                    role="link"
                    label={t(`market:${label}`)}
                    aria-current={on ? 'page' : undefined}
                    onPress={() => (wide ? router.navigate(href) : router.push(href))}
                    style={({ pressed, hovered }) => [
                      styles.way,
                      { minHeight: wide ? 40 : size.touch + space.xs },
                      on
                        ? { backgroundColor: colors.accentSoft }
                        : pressed || hovered
                          ? { backgroundColor: colors.raised }
                          : null,
                    ]}
                  >
                    <Icon name={icon} size={20} color={on ? 'accent' : 'textMuted'} />
                    <Text variant={on ? 'bodyStrong' : 'body'} style={styles.grow} numberOfLines={1}>
                      {t(`market:${label}`)}
                    </Text>
                    <CountBadge count={counts[label] ?? 0} />
                    {wide ? null : <Icon name="chevron-forward" size={16} color="textFaint" />}
                  </Touchable>
                );
              })}
          </View>
        ))}
      </ScrollView>
    </Screen>
  );
}

/** Whether a place of the menu is where one is: its own pages count, but for those that are places themselves. */
function here(path: string, href: string): boolean {
  const places = groups.flatMap(({ ways }) => ways.map((way): string => way.href));
  const fitting = places.filter((place) => path === place || path.startsWith(`${place}/`));
  return fitting.sort((a, b) => b.length - a.length)[0] === href;
}

const useStyles = makeStyles(() => ({
  list: { paddingBottom: space.xxl, gap: space.m },
  title: { paddingHorizontal: space.l + 2, paddingVertical: space.xs },
  way: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    marginHorizontal: space.s,
    paddingHorizontal: space.s + 2,
    borderRadius: radius.m,
  },
  grow: { flex: 1 },
}));
