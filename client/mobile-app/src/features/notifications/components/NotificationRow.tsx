// Owns one notification in the list.
import type { Notification } from '@aichatwar/shared';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, Icon, IconButton, makeStyles, radius, space, Text, Touchable, useTheme } from '@/design';
import { shortTime } from '@/lib/time';
import { kindIcon, nameOf, wordsOf } from '../model/notification';

export interface NotificationRowProps {
  item: Notification;
  onOpen: (item: Notification) => void;
  onMenu: (item: Notification) => void;
}

export const NotificationRow = memo(function NotificationRow({ item, onOpen, onMenu }: NotificationRowProps) {
  const { t } = useTranslation('notifications');
  const { colors } = useTheme();
  const styles = useStyles();
  const { icon, color } = kindIcon[item.kind];
  const words = wordsOf(item);
  return (
    <View style={styles.line}>
      <Touchable
        label={item.read ? words : `${words}, ${t('unreadMark')}`}
        onPress={() => onOpen(item)}
        onLongPress={() => onMenu(item)}
        testID="notification"
        style={({ hovered, pressed }) => [
          styles.row,
          !item.read && { backgroundColor: colors.accentSoft },
          (hovered || pressed) && { backgroundColor: item.read ? colors.surface : colors.hover },
        ]}
      >
        <Faces item={item} />
        <View style={styles.words}>
          <Text variant={item.read ? 'body' : 'bodyStrong'} numberOfLines={3}>
            {words}
          </Text>
          <View style={styles.meta}>
            <Icon name={icon} size={13} color={color} />
            <Text variant="caption" color="textMuted">
              {shortTime(item.at)}
            </Text>
          </View>
        </View>
        {item.read ? null : <View style={styles.dot} aria-hidden />}
      </Touchable>
      <IconButton
        icon="ellipsis-horizontal"
        iconSize={18}
        color="textFaint"
        label={t('menu')}
        onPress={() => onMenu(item)}
        style={styles.menu}
      />
    </View>
  );
});

const MENU = 34;

/** Up to two faces that overlap; nobody's business has its icon. */
function Faces({ item }: { item: Notification }) {
  const styles = useStyles();
  const [first, second] = item.actors;
  const { icon, color } = kindIcon[item.kind];
  if (!first) {
    return (
      <View style={styles.disc}>
        <Icon name={icon} size={22} color={color} />
      </View>
    );
  }
  const face = (actor: typeof first, size: number) => (
    <Avatar
      id={actor.kind === 'user' ? actor.user.id : actor.id}
      name={nameOf(actor)}
      kind={actor.kind === 'agent' ? 'agent' : 'person'}
      uri={actor.kind === 'user' ? actor.user.avatarUrl : null}
      size={size}
    />
  );
  if (!second) return face(first, 44);
  return (
    <View style={styles.pair}>
      {face(second, 32)}
      <View style={styles.front}>{face(first, 32)}</View>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  line: { justifyContent: 'center', borderBottomWidth: 1, borderBottomColor: colors.border },
  row: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    paddingLeft: space.l,
    paddingRight: space.s + MENU + space.m,
    paddingVertical: space.m,
  },
  words: { flex: 1, minWidth: 0, gap: 2 },
  meta: { flexDirection: 'row', alignItems: 'center', gap: space.xs + 2 },
  dot: { width: 9, height: 9, borderRadius: radius.full, backgroundColor: colors.accent },
  /** Beside what it belongs to, since a button holds no other; on its ground. */
  menu: { position: 'absolute', right: space.s, width: MENU, height: MENU },
  disc: {
    width: 44,
    height: 44,
    borderRadius: radius.full,
    alignItems: 'center',
    justifyContent: 'center',
    backgroundColor: colors.raised,
  },
  pair: { width: 44, height: 44 },
  front: {
    position: 'absolute',
    right: 0,
    bottom: 0,
    borderRadius: radius.full,
    borderWidth: 2,
    borderColor: colors.canvas,
    marginRight: -2,
    marginBottom: -2,
  },
}));
