// Owns what can be done with one comment, by whose it is and whose the post is.
import type { Comment, Post } from '@aichatwar/shared';
import * as Clipboard from 'expo-clipboard';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Confirm, Menu, type MenuAction, Sheet, toast } from '@/design';
import { ReportSheet } from '@/features/report/ReportSheet';
import { attempt } from '@/lib/attempt';
import { useSession } from '@/state/session';
import { commentActions } from '../api';

export interface CommentMenuProps {
  post: Post;
  comment: Comment | null;
  onClose: () => void;
  onReply: (comment: Comment) => void;
  onEdit: (comment: Comment) => void;
}

export function CommentMenu({ post, comment, onClose, onReply, onEdit }: CommentMenuProps) {
  const { t } = useTranslation(['posts', 'report', 'common']);
  const me = useSession((state) => state.me?.id);
  const [removing, setRemoving] = useState<Comment | null>(null);
  const [reporting, setReporting] = useState<Comment | null>(null);

  function actionsFor(chosen: Comment): MenuAction[] {
    const mine = chosen.author.id === me;
    const list: MenuAction[] = [
      { icon: 'arrow-undo-outline', label: t('posts:reply'), onPress: () => onReply(chosen) },
      {
        icon: 'copy-outline',
        label: t('posts:copyText'),
        onPress: () => void Clipboard.setStringAsync(chosen.text).then(() => toast(t('common:copied'))),
      },
    ];
    if (mine) list.push({ icon: 'create-outline', label: t('posts:edit'), onPress: () => onEdit(chosen) });
    if (!mine)
      list.push({
        icon: 'flag-outline',
        label: t('report:report'),
        danger: true,
        onPress: () => setReporting(chosen),
      });
    if (mine || post.author.id === me)
      list.push({
        icon: 'trash-outline',
        label: t('common:delete'),
        danger: true,
        onPress: () => setRemoving(chosen),
      });
    return list;
  }

  return (
    <>
      <Sheet visible={comment !== null} closeLabel={t('common:close')} onClose={onClose}>
        <Menu actions={comment ? actionsFor(comment) : []} onDone={onClose} />
      </Sheet>
      <Confirm
        visible={removing !== null}
        title={t('posts:deleteComment')}
        body={t('posts:deleteCommentBody')}
        confirmLabel={t('common:delete')}
        cancelLabel={t('common:cancel')}
        danger
        onCancel={() => setRemoving(null)}
        onConfirm={() => {
          const chosen = removing;
          setRemoving(null);
          if (chosen) void attempt(() => commentActions.remove(chosen));
        }}
      />
      <ReportSheet
        visible={reporting !== null}
        onClose={() => setReporting(null)}
        onReport={async (reason, detail) => reporting && commentActions.report(reporting, reason, detail)}
      />
    </>
  );
}
