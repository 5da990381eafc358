// Owns what can be done with one post, by whose it is.
import type { Post } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MenuAction } from '@/design';
import { ReportSheet } from '@/features/report/ReportSheet';
import { attempt } from '@/lib/attempt';
import { serverUrl } from '@/lib/config';
import { copyText } from '@/lib/copyText';
import { ActionMenu, type Deed } from '@/shell/ActionMenu';
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

type Step = { kind: 'report' | 'history'; post: Post } | null;

export function PostMenu({ post, onClose, extra = [], onDeleted }: PostMenuProps) {
  const { t } = useTranslation(['posts', 'report', 'common']);
  const router = useRouter();
  const links = useLinks();
  const me = useSession((state) => state.me?.id);
  const [step, setStep] = useState<Step>(null);
  const done = () => setStep(null);

  function deedsOf(chosen: Post): Deed[] {
    const mine = chosen.author.id === me;
    const deeds: Deed[] = [...extra];
    if (mine)
      deeds.push({
        icon: 'create-outline',
        label: t('posts:edit'),
        onPress: () => router.push(links.compose({ edit: chosen.id })),
      });
    if (chosen.edits > 0)
      deeds.push({
        icon: 'time-outline',
        label: t('posts:history'),
        opens: true,
        onPress: () => setStep({ kind: 'history', post: chosen }),
      });
    if (chosen.text)
      deeds.push({ icon: 'copy-outline', label: t('posts:copyText'), onPress: () => copyText(chosen.text) });
    deeds.push({
      icon: 'link-outline',
      label: t('posts:copyLink'),
      onPress: () => copyText(`${serverUrl}/feed/post/${chosen.id}`),
    });
    deeds.push(
      mine
        ? {
            icon: 'trash-outline',
            label: t('common:delete'),
            danger: true,
            asks: { title: t('posts:deletePost'), body: t('posts:deletePostBody') },
            onPress: () =>
              void attempt(async () => {
                await postActions.remove(chosen.id);
                onDeleted?.();
              }),
          }
        : {
            icon: 'flag-outline',
            label: t('report:report'),
            danger: true,
            opens: true,
            onPress: () => setStep({ kind: 'report', post: chosen }),
          },
    );
    return deeds;
  }

  return (
    <>
      <ActionMenu item={post} deeds={deedsOf} onClose={onClose} />
      <ReportSheet
        visible={step?.kind === 'report'}
        onClose={done}
        onReport={(reason, detail) => postActions.report(step?.post.id ?? '', reason, detail)}
      />
      <HistorySheet post={step?.kind === 'history' ? step.post : null} onClose={done} />
    </>
  );
}
