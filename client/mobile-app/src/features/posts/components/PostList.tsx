// Owns a list of posts by author, tag or words, the newest first.
import type { Post } from '@aichatwar/shared';
import { type ReactElement, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/design';
import { PageList } from '@/shell/PageList';
import { usePosts } from '../api';
import { PostCard } from './PostCard';
import { PostMenu } from './PostMenu';
import { PostSkeleton } from './PostSkeleton';

export interface PostListProps {
  which: Parameters<typeof usePosts>[0];
  header?: ReactElement;
}

export function PostList({ which, header }: PostListProps) {
  const { t } = useTranslation(['posts', 'common']);
  const posts = usePosts(which);
  const [menu, setMenu] = useState<Post | null>(null);
  const items = useMemo(() => posts.data?.pages.flatMap((page) => page.items) ?? [], [posts.data]);
  return (
    <>
      <PageList
        query={posts}
        items={items}
        keyOf={({ id }) => id}
        draw={(item) => <PostCard post={item} onMenu={setMenu} />}
        header={header}
        skeleton={<PostSkeleton label={t('common:loading')} />}
        empty={<EmptyState icon="newspaper-outline" title={t('posts:noPosts')} />}
      />
      <PostMenu post={menu} onClose={() => setMenu(null)} />
    </>
  );
}
