// Owns where a message is written: the draft, what it answers or changes, names to mention, and the key that sends.
import type { Message, Room } from '@aichatwar/shared';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Platform, TextInput, View } from 'react-native';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import { Icon, IconButton, makeStyles, radius, space, Text, typeScale, useTheme } from '@/design';
import { AttachmentStrip } from '@/features/media/components/AttachmentStrip';
import { pickMedia } from '@/features/media/pick';
import { useAttachments } from '@/features/media/state/useAttachments';
import { attempt } from '@/lib/attempt';
import { isTouch } from '@/lib/device';
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
  onCancel: () => void;
  onSend: (written: Written) => void;
}

const TEXT_MAX = 8_000;
const TYPING_EVERY_MS = 2_000;
const HEIGHT_MAX = 140;
const FILES_MAX = 10;

export function Composer({ room, replyTo, editing, onCancel, onSend }: ComposerProps) {
  const { t } = useTranslation(['chat', 'media']);
  const { colors } = useTheme();
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  const field = useRef<TextInput>(null);
  const [text, setText] = useState(() => editing?.text ?? useDrafts.getState().texts[room.id] ?? '');
  const [caret, setCaret] = useState(text.length);
  const [height, setHeight] = useState(0);
  const lastTyped = useRef(0);

  useEffect(() => {
    if (editing || replyTo) field.current?.focus();
  }, [editing, replyTo]);

  const change = useCallback(
    (next: string) => {
      setText(next);
      if (next === '') setHeight(0);
      if (!editing) setDraft(room.id, next);
      if (next !== '' && Date.now() - lastTyped.current > TYPING_EVERY_MS) {
        lastTyped.current = Date.now();
        realtime.typing(room.id);
      }
    },
    [editing, room.id],
  );

  const attachments = useAttachments();
  const files = attachments.items;
  const ready = (text.trim() !== '' || files.length > 0) && text.length <= TEXT_MAX && attachments.ready;
  const send = () => {
    if (!ready) return;
    // A message is words: files without any are called by what they show.
    const words = text.trim() || files.map(({ alt, file }) => alt || file.name).join(', ');
    onSend({ text: words.slice(0, TEXT_MAX), attachmentIds: attachments.ids });
    attachments.handOver();
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
    <View style={[styles.composer, { paddingBottom: Math.max(insets.bottom, space.s) }]}>
      {names.length > 0 ? <MentionList names={names} onPick={complete} /> : null}
      {replyTo || editing ? (
        <View style={styles.context}>
          <Icon name={editing ? 'create-outline' : 'arrow-undo'} size={16} color="accent" />
          <View style={styles.contextWords}>
            <Text variant="captionStrong" color="accent">
              {editing ? t('chat:editing') : t('chat:replyingTo', { name: replyTo?.author.name ?? '' })}
            </Text>
            <Text variant="caption" color="textMuted" numberOfLines={1}>
              {plain((editing ?? replyTo)?.text ?? '')}
            </Text>
          </View>
          <IconButton icon="close" label={t('chat:cancelContext')} iconSize={18} onPress={onCancel} />
        </View>
      ) : null}
      <AttachmentStrip attachments={attachments} />
      <View style={styles.line}>
        {editing ? null : (
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
        )}
        <View style={styles.box}>
          <TextInput
            ref={field}
            accessibilityLabel={t('chat:message')}
            testID="composer"
            placeholder={t('chat:placeholder')}
            placeholderTextColor={colors.textFaint}
            value={text}
            onChangeText={change}
            onSelectionChange={(event) => setCaret(event.nativeEvent.selection.end)}
            multiline
            maxLength={TEXT_MAX}
            onContentSizeChange={(event) => setHeight(event.nativeEvent.contentSize.height)}
            onKeyPress={(event) => {
              const { key, shiftKey, isComposing } = event.nativeEvent as typeof event.nativeEvent & {
                shiftKey?: boolean;
                isComposing?: boolean;
              };
              if (Platform.OS !== 'web' || isTouch) return;
              if (key === 'Enter' && !shiftKey && !isComposing) {
                event.preventDefault();
                if (names[0]) complete(names[0].handle);
                else send();
              } else if (key === 'Escape' && (replyTo || editing)) onCancel();
            }}
            style={[styles.input, { height: Math.min(HEIGHT_MAX, Math.max(24, height)) }]}
          />
        </View>
        <IconButton
          icon={editing ? 'checkmark' : 'arrow-up'}
          label={t(editing ? 'chat:saveEdit' : 'chat:send')}
          filled
          disabled={!ready}
          onPress={send}
          testID="send"
          style={styles.send}
        />
      </View>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  composer: {
    paddingHorizontal: space.m,
    paddingTop: space.s,
    backgroundColor: colors.canvas,
    borderTopWidth: 1,
    borderTopColor: colors.border,
  },
  context: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.s,
    paddingLeft: space.s,
    paddingBottom: space.s,
  },
  contextWords: { flex: 1, minWidth: 0 },
  line: { flexDirection: 'row', alignItems: 'flex-end', gap: space.s },
  box: {
    flex: 1,
    minHeight: 44,
    justifyContent: 'center',
    borderRadius: 22,
    backgroundColor: colors.raised,
    paddingHorizontal: space.l,
    paddingVertical: 10,
  },
  input: { ...typeScale.body, color: colors.text, padding: 0, outlineWidth: 0, textAlignVertical: 'center' },
  attach: { width: 44, height: 44, marginLeft: -space.s },
  send: { width: 44, height: 44, borderRadius: radius.full },
}));
