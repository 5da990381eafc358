// Owns the head of a room: its face, its name, and what is going on in it right now.
import type { Room } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { makeStyles, space, Text } from '@/design';
import { useConnection } from '@/lib/realtime';
import { useSession } from '@/state/session';
import { faceOf, otherMember } from '../model/rooms';
import { useOnline } from '@/state/online';
import { Face } from './Face';
import { useTypingWords } from './useTypingWords';

export function RoomHeading({ room }: { room: Room }) {
  const { t } = useTranslation(['chat', 'common']);
  const styles = useStyles();
  const me = useSession((state) => state.me?.id ?? '');
  const face = faceOf(room, me);
  const other = otherMember(room, me);
  const online = useOnline((state) => other !== undefined && state.people[other.userId] === true);
  const connected = useConnection((state) => state.state === 'ready');
  const typing = useTypingWords(room);
  const standing =
    typing ??
    (!connected
      ? t('common:connecting')
      : room.kind === 'group'
        ? [
            t('chat:memberCount', { count: room.memberCount }),
            room.agents.length > 0 ? t('chat:agentCount', { count: room.agents.length }) : '',
          ]
            .filter(Boolean)
            .join(' · ')
        : online
          ? t('common:online')
          : other
            ? `@${other.handle}`
            : t('chat:agent'));
  return (
    <View style={styles.heading}>
      <Face id={face.id} name={face.name} kind={face.kind} size={36} online={online} />
      <View style={styles.words}>
        <Text variant="heading" role="heading" numberOfLines={1}>
          {face.name}
        </Text>
        <Text
          variant="caption"
          color={typing ? 'accent' : online ? 'success' : 'textFaint'}
          numberOfLines={1}
          aria-live="polite"
        >
          {standing}
        </Text>
      </View>
    </View>
  );
}

const useStyles = makeStyles(() => ({
  heading: { flexDirection: 'row', alignItems: 'center', gap: space.m - 2 },
  words: { flex: 1, minWidth: 0 },
}));
