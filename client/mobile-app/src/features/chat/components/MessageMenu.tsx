// Owns what can be done with one message, by who asks.
import type { Message, Room } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { attempt } from '@/lib/attempt';
import { copyText } from '@/lib/copyText';
import { ActionMenu, type Deed } from '@/shell/ActionMenu';
import { chatActions } from '../api';
import { takeMessage } from '../live';
import { mayPin } from '../model/rooms';
import { QuickReactions } from './Reactions';

export interface MessageMenuProps {
  room: Room;
  message: Message | null;
  me: string;
  onClose: () => void;
  onReply: (message: Message) => void;
  onEdit: (message: Message) => void;
  onRegenerate: (message: Message) => void;
}

export const react = (message: Message, emoji: string, on: boolean): Promise<boolean> =>
  attempt(async () => takeMessage(await chatActions.react(message.roomId, message.id, emoji, on)));

export function MessageMenu(props: MessageMenuProps) {
  const { room, message, me, onClose, onReply, onEdit, onRegenerate } = props;
  const { t } = useTranslation(['chat', 'common']);

  function deedsOf(chosen: Message): Deed[] {
    const mine = chosen.author.id === me;
    const pinned = room.pinned.includes(chosen.id);
    const deeds: Deed[] = [
      { icon: 'arrow-undo-outline', label: t('chat:reply'), onPress: () => onReply(chosen) },
      { icon: 'copy-outline', label: t('chat:copyText'), onPress: () => copyText(chosen.text) },
    ];
    if (mayPin(room))
      deeds.push({
        icon: pinned ? 'pin' : 'pin-outline',
        label: t(pinned ? 'chat:unpin' : 'chat:pin'),
        onPress: () => void attempt(() => (pinned ? chatActions.unpin : chatActions.pin)(room.id, chosen.id)),
      });
    if (chosen.author.kind === 'agent' && chosen.replyTo)
      deeds.push({
        icon: 'refresh',
        label: t('chat:regenerate'),
        onPress: () => onRegenerate(chosen),
      });
    if (mine) deeds.push({ icon: 'create-outline', label: t('chat:edit'), onPress: () => onEdit(chosen) });
    if (mine || (room.kind === 'group' && room.myRole !== 'member'))
      deeds.push({
        icon: 'trash-outline',
        label: t('common:delete'),
        danger: true,
        asks: { title: t('chat:deleteTitle'), body: t('chat:deleteBody') },
        onPress: () => void attempt(() => chatActions.remove(room.id, chosen.id)),
      });
    return deeds;
  }

  return (
    <ActionMenu
      item={message}
      deeds={deedsOf}
      label={t('chat:more')}
      onClose={onClose}
      head={(chosen) => (
        <QuickReactions
          onPick={(emoji) => {
            onClose();
            void react(chosen, emoji, !chosen.reactions.some((known) => known.emoji === emoji && known.mine));
          }}
        />
      )}
    />
  );
}
