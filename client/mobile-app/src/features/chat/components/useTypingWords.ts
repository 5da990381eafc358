// Owns the words about who is writing in a room right now.
import type { Room } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { useTyping } from '../state/attention';
import { useStreams } from '../state/streams';

export function useTypingWords(room: Room): string | null {
  const { t } = useTranslation('chat');
  const typing = useTyping(useShallow((state) => Object.keys(state.typing[room.id] ?? {})));
  const writing = useStreams(
    useShallow((state) =>
      Object.values(state.rooms[room.id] ?? {})
        .filter((stream) => !stream.ended)
        .map((stream) => stream.agentId),
    ),
  );
  const nameOf = (id: string): string | undefined =>
    room.members.find((member) => member.userId === id)?.displayName ??
    room.agents.find((seat) => seat.agentId === id)?.name;
  const names = [...new Set([...typing, ...writing])].map(nameOf).filter((name) => name !== undefined);
  const [first, second] = names;
  if (first === undefined) return typing.length > 0 ? t('someoneTyping') : null;
  if (second === undefined) return t('oneTyping', { name: first });
  return names.length > 2 ? t('manyTyping', { count: names.length }) : t('twoTyping', { first, second });
}
