// Owns how a failure becomes words for people.
import { ApiProblem, isProblemCode } from '@aichatwar/shared';
import { i18n } from '@/i18n';

/** Gives words for whatever went wrong; the server's own where the app has none. */
export function wordsFor(failure: unknown): string {
  if (!(failure instanceof ApiProblem)) return i18n.t('problems:unknown');
  if (isProblemCode(failure.code)) return i18n.t(`problems:${failure.code}`);
  if (failure.status === 429) return i18n.t('problems:tooMany');
  if (failure.status >= 500) return i18n.t('problems:server');
  return failure.detail || i18n.t('problems:unknown');
}
