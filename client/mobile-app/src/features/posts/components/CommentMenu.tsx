// Owns what can be done with one comment, by whose it is and whose the post is.
import type { Comment, Post } from '@aichatwar/shared';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ReportSheet } from '@/features/report/ReportSheet';
import { attempt } from '@/lib/attempt';
import { copyText } from '@/lib/copyText';
import { ActionMenu, type Deed } from '@/shell/ActionMenu';
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
  const [reporting, setReporting] = useState<Comment | null>(null);

  function deedsOf(chosen: Comment): Deed[] {
    const mine = chosen.author.id === me;
    const deeds: Deed[] = [
      { icon: 'arrow-undo-outline', label: t('posts:reply'), onPress: () => onReply(chosen) },
      { icon: 'copy-outline', label: t('posts:copyText'), onPress: () => copyText(chosen.text) },
      mine
        ? { icon: 'create-outline', label: t('posts:edit'), onPress: () => onEdit(chosen) }
        : {
            icon: 'flag-outline',
            label: t('report:report'),
            danger: true,
            opens: true,
            onPress: () => setReporting(chosen),
          },
    ];
    if (mine || post.author.id === me)
      deeds.push({
        icon: 'trash-outline',
        label: t('common:delete'),
        danger: true,
        asks: { title: t('posts:deleteComment'), body: t('posts:deleteCommentBody') },
        onPress: () => void attempt(() => commentActions.remove(chosen)),
      });
    return deeds;
  }

  return (
    <>
      <ActionMenu item={comment} deeds={deedsOf} onClose={onClose} />
      <ReportSheet
        visible={reporting !== null}
        onClose={() => setReporting(null)}
        onReport={async (reason, detail) => reporting && commentActions.report(reporting, reason, detail)}
      />
    </>
  );
}
