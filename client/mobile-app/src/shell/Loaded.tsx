// Owns what stands in the place of an answer that is not there: its skeleton, or why, with a way to try again.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState, SkeletonRows } from '@/design';
import { wordsFor } from '@/lib/words';

export interface LoadedProps<Data> {
  query: { data: Data | undefined; error: Error | null; refetch: () => unknown };
  skeleton?: ReactNode;
  children: (data: Data) => ReactNode;
}

export function Loaded<Data>({ query, skeleton, children }: LoadedProps<Data>) {
  const { t } = useTranslation();
  if (query.data !== undefined) return children(query.data);
  if (query.error) {
    return (
      <ErrorState
        title={t('somethingWrong')}
        body={wordsFor(query.error)}
        retry={{ label: t('retry'), onPress: () => void query.refetch() }}
      />
    );
  }
  return skeleton ?? <SkeletonRows label={t('loading')} />;
}
