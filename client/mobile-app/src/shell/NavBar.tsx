// Owns the main navigation: a bar below on a phone, a rail at the side where there is room.
import { type Href, usePathname, useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import {
  Avatar,
  CountBadge,
  Icon,
  makeStyles,
  radius,
  size,
  space,
  Text,
  Touchable,
  useIsWide,
  useTheme,
} from '@/design';
import { useSession } from '@/state/session';
import { type Destination, destinations } from './destinations';

export function NavBar() {
  const { t } = useTranslation();
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  const wide = useIsWide();
  const pathname = usePathname();
  const router = useRouter();
  const me = useSession((state) => state.me);
  const places = wide ? destinations : destinations.filter(({ besideOnly }) => !besideOnly);
  // On a phone the bar gives way to whatever is opened from a main place.
  if (!wide && !places.some(({ href }) => href === pathname)) return null;
  return (
    <View
      role="navigation"
      aria-label={t('navigation')}
      style={
        wide
          ? [styles.rail, { paddingTop: insets.top + space.m }]
          : [styles.bar, { paddingBottom: insets.bottom }]
      }
    >
      {places.map((destination) => (
        <Item
          key={destination.name}
          destination={destination}
          on={[destination.name, ...(destination.also ?? [])].some((name) => pathname.startsWith(`/${name}`))}
          wide={wide}
        />
      ))}
      {wide && me ? (
        <View style={styles.me}>
          <Touchable
            role="link"
            label={t('yourProfile')}
            onPress={() => router.push(`/feed/people/${me.id}` as Href)}
          >
            <Avatar id={me.id} name={me.displayName} uri={me.avatarUrl} size={36} />
          </Touchable>
        </View>
      ) : null}
    </View>
  );
}

function Item({ destination, on, wide }: { destination: Destination; on: boolean; wide: boolean }) {
  const { t } = useTranslation();
  const { colors } = useTheme();
  const styles = useStyles();
  const router = useRouter();
  const count = destination.useCount();
  const label = t(destination.label);
  return (
    <Touchable
      role="link"
      label={count > 0 ? `${label}, ${t('unread', { count })}` : label}
      aria-current={on ? 'page' : undefined}
      // Where one is already, the press leads back to the place's own screen.
      onPress={() => (on ? router.dismissTo(destination.href) : router.navigate(destination.href))}
      style={({ hovered }) => [
        styles.item,
        wide && styles.railItem,
        wide &&
          (on ? { backgroundColor: colors.accentSoft } : hovered ? { backgroundColor: colors.raised } : null),
      ]}
    >
      <View>
        <Icon
          name={on ? destination.iconOn : destination.icon}
          size={24}
          color={on ? 'accent' : 'textMuted'}
        />
        <View style={styles.count}>
          <CountBadge count={count} />
        </View>
      </View>
      <Text variant="caption" color={on ? 'accent' : 'textMuted'} style={styles.label} numberOfLines={1}>
        {label}
      </Text>
    </Touchable>
  );
}

const useStyles = makeStyles((colors) => ({
  bar: {
    flexDirection: 'row',
    borderTopWidth: 1,
    borderTopColor: colors.border,
    backgroundColor: colors.canvas,
  },
  rail: {
    width: size.rail,
    paddingHorizontal: space.xs + 2,
    paddingBottom: space.l,
    gap: space.xs,
    backgroundColor: colors.surface,
    borderRightWidth: 1,
    borderRightColor: colors.border,
  },
  item: {
    flex: 1,
    alignItems: 'center',
    justifyContent: 'center',
    paddingVertical: space.s,
    gap: 2,
    minHeight: size.bar,
  },
  railItem: { flex: 0, flexGrow: 0, flexBasis: 'auto', borderRadius: radius.l, minHeight: 60 },
  label: { fontSize: 11, fontWeight: '500' },
  count: { position: 'absolute', top: -6, left: 14 },
  me: { marginTop: 'auto', alignItems: 'center' },
}));
