// Owns what stands in the place of an answer that is not there: its skeleton, why, with a way to try again, or that it is empty.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState, SkeletonRows } from '@/design';
import { wordsFor } from '@/lib/words';

/** What a query of the cache says of itself. */
export interface Asked {
  error: Error | null;
  refetch: () => unknown;
}

/** Why there is no answer, and a way to ask again. */
export function Failed({ query, again = query.refetch }: { query: Asked; again?: () => unknown }) {
  const { t } = useTranslation();
  return (
    <ErrorState
      title={t('somethingWrong')}
      body={wordsFor(query.error)}
      retry={{ label: t('retry'), onPress: () => void again() }}
    />
  );
}

export interface LoadedProps<Data> {
  query: Asked & { data: Data | undefined };
  skeleton?: ReactNode;
  /** So many rows of the usual skeleton. */
  rows?: number;
  /** Stands there instead of a list of nothing. */
  empty?: ReactNode;
  children: (data: Data) => ReactNode;
}

export function Loaded<Data>({ query, skeleton, rows, empty, children }: LoadedProps<Data>) {
  const { t } = useTranslation();
  if (query.data !== undefined) {
    const nothing = Array.isArray(query.data) && query.data.length === 0;
    return nothing && empty !== undefined ? empty : children(query.data);
  }
  if (query.error) return <Failed query={query} />;
  return skeleton ?? <SkeletonRows rows={rows} label={t('loading')} />;
}
