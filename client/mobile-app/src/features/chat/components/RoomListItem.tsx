// Owns a room's row in the list: face, last word, when, and how much is unread.
import type { Message, Room } from '@aichatwar/shared';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { CountBadge, makeStyles, space, Text, Touchable, useTheme } from '@/design';
import { shortTime } from '@/lib/time';
import { plain } from '../model/plain';
import { faceOf, otherMember } from '../model/rooms';
import { useDrafts } from '../state/drafts';
import { useOnline } from '@/state/online';
import { Face } from './Face';
import { useTypingWords } from './useTypingWords';

export interface RoomListItemProps {
  room: Room;
  me: string;
  selected: boolean;
  onPress: (id: string) => void;
}

export const RoomListItem = memo(function RoomListItem({ room, me, selected, onPress }: RoomListItemProps) {
  const { t } = useTranslation(['chat', 'common']);
  const { colors } = useTheme();
  const styles = useStyles();
  const face = faceOf(room, me);
  const other = otherMember(room, me);
  const online = useOnline((state) => other !== undefined && state.people[other.userId] === true);
  const draft = useDrafts((state) => state.texts[room.id]);
  const typing = useTypingWords(room);
  const unread = room.unread > 0;
  const said = typing ?? (draft ? draft : lastWords(room.lastMessage ?? null, me, room.kind === 'group', t));
  const label = [face.name, unread ? t('common:unread', { count: room.unread }) : '', said]
    .filter(Boolean)
    .join(', ');
  return (
    <Touchable
      label={label}
      aria-current={selected ? 'page' : undefined}
      onPress={() => onPress(room.id)}
      style={({ pressed, hovered }) => [
        styles.row,
        selected
          ? { backgroundColor: colors.accentSoft }
          : pressed || hovered
            ? { backgroundColor: colors.raised }
            : null,
      ]}
    >
      <Face id={face.id} name={face.name} kind={face.kind} size={48} online={online} />
      <View style={styles.words}>
        <View style={styles.line}>
          <Text variant="bodyStrong" numberOfLines={1} style={styles.grow}>
            {face.name}
          </Text>
          <Text variant="caption" color={unread ? 'accent' : 'textFaint'} style={styles.time}>
            {room.lastMessage ? shortTime(room.lastMessage.createdAt) : ''}
          </Text>
        </View>
        <View style={styles.line}>
          <Text
            variant="label"
            color={typing ? 'accent' : unread ? 'text' : 'textMuted'}
            numberOfLines={1}
            style={[styles.grow, !unread && styles.thin]}
          >
            {draft && !typing ? (
              <Text variant="label" color="danger">
                {t('chat:draft')}{' '}
              </Text>
            ) : null}
            {said}
          </Text>
          <CountBadge count={room.unread} />
        </View>
      </View>
    </Touchable>
  );
});

type Translate = ReturnType<typeof useTranslation<['chat', 'common']>>['t'];

function lastWords(message: Message | null, me: string, named: boolean, t: Translate): string {
  if (!message) return t('chat:nothingYet');
  const words = message.deleted ? t('chat:deleted') : plain(message.text);
  if (message.author.id === me) return `${t('chat:you')}: ${words}`;
  return named ? `${message.author.name.split(' ')[0]}: ${words}` : words;
}

const useStyles = makeStyles(() => ({
  row: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    height: 72,
    marginHorizontal: space.s,
    paddingHorizontal: space.s + 2,
    borderRadius: 14,
  },
  words: { flex: 1, minWidth: 0, gap: 2 },
  line: { flexDirection: 'row', alignItems: 'center', gap: space.s, minHeight: 22 },
  grow: { flex: 1, minWidth: 0 },
  thin: { fontWeight: '400' },
  time: { fontVariant: ['tabular-nums'] },
}));
