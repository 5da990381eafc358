// Owns where a comment is written, what it answers or changes, and that it is written once however often it is tried.
import type { Comment } from '@aichatwar/shared';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TextInput } from 'react-native';
import { WritingBar } from '@/design';
import { attempt } from '@/lib/attempt';
import { haptics } from '@/lib/haptics';
import { useOnce } from '@/lib/onceKey';
import { commentActions } from '../api';

const TEXT_MAX = 2_000;

export interface CommentComposerProps {
  postId: string;
  replyTo: Comment | null;
  editing: Comment | null;
  /** Grows each time somebody wants to write. */
  focus: number;
  /** What was written before, by what it is about: nothing of it is lost on the way. */
  drafts: Map<string, string>;
  onDone: (comment: Comment | null) => void;
}

export function CommentComposer({ postId, replyTo, editing, focus, drafts, onDone }: CommentComposerProps) {
  const { t } = useTranslation('posts');
  const field = useRef<TextInput>(null);
  // An answer to an answer stands beside it: the name says whom it means.
  const about = editing ? `edit ${editing.id}` : (replyTo?.id ?? '');
  const [text, setText] = useState(
    () => drafts.get(about) ?? editing?.text ?? (replyTo?.threadId ? `@${replyTo.author.handle} ` : ''),
  );
  const change = (next: string) => {
    setText(next);
    drafts.set(about, next);
  };
  const [busy, setBusy] = useState(false);
  const once = useOnce();

  useEffect(() => {
    if (editing || replyTo || focus > 0) field.current?.focus();
  }, [editing, replyTo, focus]);

  const ready = text.trim() !== '' && !busy;
  const send = async () => {
    if (!ready) return;
    setBusy(true);
    let made: Comment | null = null;
    const words = text.trim();
    const worked = await attempt(async () => {
      if (editing) await commentActions.edit(editing, words);
      else made = await once(words, (key) => commentActions.create(postId, words, replyTo?.id ?? null, key));
    });
    setBusy(false);
    if (!worked) return haptics.failed();
    haptics.sent();
    setText('');
    drafts.delete(about);
    onDone(made);
  };

  return (
    <WritingBar
      ref={field}
      text={text}
      onChangeText={change}
      maxLength={TEXT_MAX}
      label={t('comment')}
      sendLabel={t(editing ? 'save' : 'send')}
      ready={ready}
      onSend={() => void send()}
      context={
        replyTo || editing
          ? {
              editing: editing !== null,
              title: editing ? t('editing') : t('answering', { name: replyTo?.author.displayName ?? '' }),
              cancelLabel: t('cancelContext'),
              onCancel: () => {
                drafts.delete(about);
                onDone(null);
              },
            }
          : null
      }
      testID="comment-composer"
      sendTestID="comment-send"
    />
  );
}
