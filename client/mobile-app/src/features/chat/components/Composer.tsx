// Owns where a message is written: the draft, what it answers or changes, names to mention, and the key that sends.
import type { Message, Room } from '@aichatwar/shared';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TextInput } from 'react-native';
import { IconButton, makeStyles, space, WritingBar } from '@/design';
import { AttachmentStrip } from '@/features/media/components/AttachmentStrip';
import { pickMedia } from '@/features/media/pick';
import type { Attachments } from '@/features/media/state/useAttachments';
import { attempt } from '@/lib/attempt';
import { realtime } from '@/lib/realtime';
import { mentionAt, suggestions } from '../model/mentions';
import { plain } from '../model/plain';
import { setDraft, useDrafts } from '../state/drafts';
import type { Written } from '../state/outbox';
import { MentionList } from './MentionList';

export interface ComposerProps {
  room: Room;
  replyTo: Message | null;
  editing: Message | null;
  /** What goes along with a new message; a change leaves it alone. */
  attachments: Attachments;
  onCancel: () => void;
  onSend: (written: Written) => void;
}

const TEXT_MAX = 8_000;
const TYPING_EVERY_MS = 2_000;
const FILES_MAX = 10;

export function Composer({ room, replyTo, editing, attachments, onCancel, onSend }: ComposerProps) {
  const { t } = useTranslation(['chat', 'media']);
  const styles = useStyles();
  const field = useRef<TextInput>(null);
  const [text, setText] = useState(() => editing?.text ?? useDrafts.getState().texts[room.id] ?? '');
  const [caret, setCaret] = useState(text.length);
  const lastTyped = useRef(0);

  useEffect(() => {
    if (editing || replyTo) field.current?.focus();
  }, [editing, replyTo]);

  const change = useCallback(
    (next: string) => {
      setText(next);
      if (!editing) setDraft(room.id, next);
      if (next !== '' && Date.now() - lastTyped.current > TYPING_EVERY_MS) {
        lastTyped.current = Date.now();
        realtime.typing(room.id);
      }
    },
    [editing, room.id],
  );

  const about = editing ?? replyTo;
  const files = editing ? [] : attachments.items;
  const isThere = editing !== null || attachments.ready;
  const ready = (text.trim() !== '' || files.length > 0) && text.length <= TEXT_MAX && isThere;
  const send = () => {
    if (!ready) return;
    // A message is words: files without any are called by what they show.
    const words = text.trim() || files.map(({ alt, file }) => alt || file.name).join(', ');
    onSend({ text: words.slice(0, TEXT_MAX), attachmentIds: editing ? [] : attachments.ids });
    if (!editing) attachments.handOver();
    change('');
    lastTyped.current = 0;
  };
  const mention = mentionAt(text, caret);
  const names = mention ? suggestions(room, mention.words) : [];
  const complete = (handle: string) => {
    if (!mention) return;
    const before = `${text.slice(0, mention.start)}@${handle} `;
    change(before + text.slice(caret));
    setCaret(before.length);
    field.current?.focus();
  };

  return (
    <WritingBar
      ref={field}
      text={text}
      onChangeText={change}
      onCaret={setCaret}
      maxLength={TEXT_MAX}
      label={t('chat:message')}
      placeholder={t('chat:placeholder')}
      sendLabel={t(editing ? 'chat:saveEdit' : 'chat:send')}
      ready={ready}
      onSend={send}
      onEnter={() => {
        if (names[0]) complete(names[0].handle);
        return names.length > 0;
      }}
      context={
        about
          ? {
              editing: editing !== null,
              title: editing ? t('chat:editing') : t('chat:replyingTo', { name: about.author.name }),
              words: plain(about.text),
              cancelLabel: t('chat:cancelContext'),
              onCancel,
            }
          : null
      }
      over={names.length > 0 ? <MentionList names={names} onPick={complete} /> : null}
      above={editing ? null : <AttachmentStrip attachments={attachments} />}
      leading={
        editing ? null : (
          <IconButton
            icon="add"
            label={t('media:add')}
            disabled={files.length >= FILES_MAX}
            onPress={() =>
              void attempt(async () => attachments.add(await pickMedia({ max: FILES_MAX - files.length })))
            }
            testID="attach"
            style={styles.attach}
          />
        )
      }
      testID="composer"
      sendTestID="send"
    />
  );
}

const useStyles = makeStyles(() => ({ attach: { width: 44, height: 44, marginLeft: -space.s } }));
