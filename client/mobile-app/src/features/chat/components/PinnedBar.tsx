// Owns the bar of what is pinned in a room: one at a time, a press leads to it and shows the one before.
import type { Room } from '@aichatwar/shared';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Icon, makeStyles, space, Text, Touchable } from '@/design';
import type { RoomLog } from '../model/log';
import { plain } from '../model/plain';

export function PinnedBar({
  room,
  log,
  onJump,
}: {
  room: Room;
  log: RoomLog;
  onJump: (messageId: string) => void;
}) {
  const { t } = useTranslation('chat');
  const styles = useStyles();
  const [turn, setTurn] = useState(0);
  const count = room.pinned.length;
  if (count === 0) return null;
  const position = (((count - 1 - turn) % count) + count) % count;
  const id = room.pinned[position] ?? '';
  const message = log.messages.find((held) => held.id === id);
  return (
    <Touchable
      label={t('goToPinned')}
      onPress={() => {
        onJump(id);
        setTurn((turns) => turns + 1);
      }}
      style={({ hovered }) => [styles.bar, hovered && styles.hovered]}
    >
      <Icon name="pin" size={16} color="accent" />
      <View style={styles.words}>
        <Text variant="captionStrong" color="accent">
          {count > 1 ? t('pinnedOf', { position: position + 1, count }) : t('pinned')}
        </Text>
        <Text variant="label" color="textMuted" numberOfLines={1}>
          {message ? (message.deleted ? t('deleted') : plain(message.text)) : t('olderMessage')}
        </Text>
      </View>
    </Touchable>
  );
}

const useStyles = makeStyles((colors) => ({
  bar: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    paddingHorizontal: space.l,
    paddingVertical: space.s,
    backgroundColor: colors.surface,
    borderBottomWidth: 1,
    borderBottomColor: colors.border,
  },
  hovered: { backgroundColor: colors.raised },
  words: { flex: 1, minWidth: 0 },
}));
