// Owns what a person can take along: everything of theirs that any service keeps, as lines of JSON.
import { ApiProblem } from '@aichatwar/shared';
import { api } from '@/lib/api';

/** The last line of an archive that is whole. */
const END = /\{"kind":"end"[^\n]*\}\s*$/;

/** The bytes of files stay on the server, each with its address. Throws when the archive broke off. */
export async function collectExport(): Promise<string> {
  const { data } = await api.POST('/api/users/me/export', { parseAs: 'text' });
  if (!data || !END.test(data)) throw new ApiProblem({ status: 0, code: 'client.unreadable', detail: '' });
  return data;
}
