// Owns where a comment is written, what it answers or changes, and that it is written once however often it is tried.
import type { Comment } from '@aichatwar/shared';
import * as Crypto from 'expo-crypto';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Platform, TextInput, View } from 'react-native';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import { Icon, IconButton, makeStyles, size, space, Text, typeScale, useTheme } from '@/design';
import { attempt } from '@/lib/attempt';
import { isTouch } from '@/lib/device';
import { haptics } from '@/lib/haptics';
import { commentActions } from '../api';

const TEXT_MAX = 2_000;
const HEIGHT_MAX = 140;

export interface CommentComposerProps {
  postId: string;
  replyTo: Comment | null;
  editing: Comment | null;
  autoFocus: boolean;
  onDone: (comment: Comment | null) => void;
}

export function CommentComposer({ postId, replyTo, editing, autoFocus, onDone }: CommentComposerProps) {
  const { t } = useTranslation('posts');
  const { colors } = useTheme();
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  const field = useRef<TextInput>(null);
  // An answer to an answer stands beside it: the name says whom it means.
  const [text, setText] = useState(() =>
    editing ? editing.text : replyTo?.threadId ? `@${replyTo.author.handle} ` : '',
  );
  const [height, setHeight] = useState(0);
  const [busy, setBusy] = useState(false);
  const clientId = useRef(Crypto.randomUUID());

  useEffect(() => {
    if (editing || replyTo || autoFocus) field.current?.focus();
  }, [editing, replyTo, autoFocus]);

  const ready = text.trim() !== '' && !busy;
  const send = async () => {
    if (!ready) return;
    setBusy(true);
    let made: Comment | null = null;
    const words = text.trim();
    const worked = await attempt(async () => {
      if (editing) await commentActions.edit(editing, words);
      else made = await commentActions.create(postId, words, replyTo?.id ?? null, clientId.current);
    });
    setBusy(false);
    if (!worked) return haptics.failed();
    haptics.sent();
    clientId.current = Crypto.randomUUID();
    setText('');
    setHeight(0);
    onDone(made);
  };

  return (
    <View style={[styles.composer, { paddingBottom: Math.max(insets.bottom, space.s) }]}>
      <View style={styles.inside}>
        {replyTo || editing ? (
          <View style={styles.context}>
            <Icon name={editing ? 'create-outline' : 'arrow-undo'} size={16} color="accent" />
            <Text variant="captionStrong" color="accent" numberOfLines={1} style={styles.grow}>
              {editing ? t('editing') : t('answering', { name: replyTo?.author.displayName ?? '' })}
            </Text>
            <IconButton icon="close" iconSize={18} label={t('cancelContext')} onPress={() => onDone(null)} />
          </View>
        ) : null}
        <View style={styles.line}>
          <View style={styles.box}>
            <TextInput
              ref={field}
              accessibilityLabel={t('comment')}
              testID="comment-composer"
              placeholder={t('comment')}
              placeholderTextColor={colors.textFaint}
              value={text}
              onChangeText={setText}
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
                  void send();
                } else if (key === 'Escape' && (replyTo || editing)) onDone(null);
              }}
              style={[styles.input, { height: Math.min(HEIGHT_MAX, Math.max(24, height)) }]}
            />
          </View>
          <IconButton
            icon={editing ? 'checkmark' : 'arrow-up'}
            label={editing ? t('save') : t('send')}
            filled
            disabled={!ready}
            onPress={() => void send()}
            testID="comment-send"
            style={styles.send}
          />
        </View>
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
  inside: { width: '100%', maxWidth: size.content, alignSelf: 'center' },
  context: { flexDirection: 'row', alignItems: 'center', gap: space.s, paddingLeft: space.s },
  grow: { flex: 1, minWidth: 0 },
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
  send: { width: 44, height: 44 },
}));
