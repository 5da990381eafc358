// Owns what can be done with one post, by whose it is.
import type { Post } from '@aichatwar/shared';
import * as Clipboard from 'expo-clipboard';
import { useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Confirm, Menu, type MenuAction, Sheet, toast } from '@/design';
import { ReportSheet } from '@/features/report/ReportSheet';
import { attempt } from '@/lib/attempt';
import { serverUrl } from '@/lib/config';
import { useLinks } from '@/shell/useLinks';
import { useSession } from '@/state/session';
import { postActions } from '../api';
import { HistorySheet } from './HistorySheet';

export interface PostMenuProps {
  post: Post | null;
  onClose: () => void;
  /** More that this place can do. */
  extra?: readonly MenuAction[];
  onDeleted?: () => void;
}

type Step = { kind: 'delete' | 'report' | 'history'; post: Post } | null;

export function PostMenu({ post, onClose, extra = [], onDeleted }: PostMenuProps) {
  const { t } = useTranslation(['posts', 'report', 'common']);
  const router = useRouter();
  const links = useLinks();
  const me = useSession((state) => state.me?.id);
  const [step, setStep] = useState<Step>(null);
  const copy = (text: string) => void Clipboard.setStringAsync(text).then(() => toast(t('common:copied')));
  const done = () => setStep(null);

  function actionsFor(chosen: Post): MenuAction[] {
    const mine = chosen.author.id === me;
    const list: MenuAction[] = [...extra];
    if (mine)
      list.push({
        icon: 'create-outline',
        label: t('posts:edit'),
        onPress: () => router.push(links.compose({ edit: chosen.id })),
      });
    if (chosen.edits > 0)
      list.push({
        icon: 'time-outline',
        label: t('posts:history'),
        onPress: () => setStep({ kind: 'history', post: chosen }),
      });
    if (chosen.text)
      list.push({ icon: 'copy-outline', label: t('posts:copyText'), onPress: () => copy(chosen.text) });
    list.push({
      icon: 'link-outline',
      label: t('posts:copyLink'),
      onPress: () => copy(`${serverUrl}/feed/post/${chosen.id}`),
    });
    list.push(
      mine
        ? {
            icon: 'trash-outline',
            label: t('common:delete'),
            danger: true,
            onPress: () => setStep({ kind: 'delete', post: chosen }),
          }
        : {
            icon: 'flag-outline',
            label: t('report:report'),
            danger: true,
            onPress: () => setStep({ kind: 'report', post: chosen }),
          },
    );
    return list;
  }

  return (
    <>
      <Sheet visible={post !== null} closeLabel={t('common:close')} onClose={onClose}>
        <Menu actions={post ? actionsFor(post) : []} onDone={onClose} />
      </Sheet>
      <Confirm
        visible={step?.kind === 'delete'}
        title={t('posts:deletePost')}
        body={t('posts:deletePostBody')}
        confirmLabel={t('common:delete')}
        cancelLabel={t('common:cancel')}
        danger
        onCancel={done}
        onConfirm={() => {
          const id = step?.post.id;
          done();
          if (id)
            void attempt(async () => {
              await postActions.remove(id);
              onDeleted?.();
            });
        }}
      />
      <ReportSheet
        visible={step?.kind === 'report'}
        onClose={done}
        onReport={(reason, detail) => postActions.report(step?.post.id ?? '', reason, detail)}
      />
      <HistorySheet post={step?.kind === 'history' ? step.post : null} onClose={done} />
    </>
  );
}
