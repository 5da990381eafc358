// Owns what can be done with one message, by who asks.
import type { Message, Room } from '@aichatwar/shared';
import * as Clipboard from 'expo-clipboard';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Confirm, Menu, type MenuAction, Sheet, toast } from '@/design';
import { wordsFor } from '@/lib/words';
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
}

/** Tries what a person asked for and says so when it failed. */
export async function attempt(deed: () => Promise<unknown>): Promise<void> {
  try {
    await deed();
  } catch (failure) {
    toast(wordsFor(failure), 'danger');
  }
}

export const react = (message: Message, emoji: string, on: boolean): Promise<void> =>
  attempt(async () => takeMessage(await chatActions.react(message.roomId, message.id, emoji, on)));

export function MessageMenu({ room, message, me, onClose, onReply, onEdit }: MessageMenuProps) {
  const { t } = useTranslation(['chat', 'common']);
  const [removing, setRemoving] = useState<Message | null>(null);
  const actions = message ? actionsFor(message) : [];

  function actionsFor(chosen: Message): MenuAction[] {
    const mine = chosen.author.id === me;
    const pinned = room.pinned.includes(chosen.id);
    const list: MenuAction[] = [
      { icon: 'arrow-undo-outline', label: t('chat:reply'), onPress: () => onReply(chosen) },
      {
        icon: 'copy-outline',
        label: t('chat:copyText'),
        onPress: () => void Clipboard.setStringAsync(chosen.text).then(() => toast(t('common:copied'))),
      },
    ];
    if (mayPin(room)) {
      list.push({
        icon: pinned ? 'pin' : 'pin-outline',
        label: t(pinned ? 'chat:unpin' : 'chat:pin'),
        onPress: () => void attempt(() => (pinned ? chatActions.unpin : chatActions.pin)(room.id, chosen.id)),
      });
    }
    if (chosen.author.kind === 'agent' && chosen.replyTo) {
      list.push({
        icon: 'refresh',
        label: t('chat:regenerate'),
        onPress: () => void attempt(() => chatActions.regenerate(room.id, chosen.id)),
      });
    }
    if (mine) list.push({ icon: 'create-outline', label: t('chat:edit'), onPress: () => onEdit(chosen) });
    if (mine || (room.kind === 'group' && room.myRole !== 'member')) {
      list.push({
        icon: 'trash-outline',
        label: t('common:delete'),
        danger: true,
        onPress: () => setRemoving(chosen),
      });
    }
    return list;
  }

  return (
    <>
      <Sheet
        visible={message !== null}
        label={t('chat:more')}
        closeLabel={t('common:close')}
        onClose={onClose}
      >
        <QuickReactions
          onPick={(emoji) => {
            onClose();
            if (message)
              void react(
                message,
                emoji,
                !message.reactions.some((known) => known.emoji === emoji && known.mine),
              );
          }}
        />
        <Menu actions={actions} onDone={onClose} />
      </Sheet>
      <Confirm
        visible={removing !== null}
        title={t('chat:deleteTitle')}
        body={t('chat:deleteBody')}
        confirmLabel={t('common:delete')}
        cancelLabel={t('common:cancel')}
        danger
        onCancel={() => setRemoving(null)}
        onConfirm={() => {
          const chosen = removing;
          setRemoving(null);
          if (chosen) void attempt(() => chatActions.remove(room.id, chosen.id));
        }}
      />
    </>
  );
}
