// Owns what happens when something that a person asked for fails: it is said, and nothing else breaks.
import { toast } from '@/design';
import { wordsFor } from './words';

/** Tries; tells whether it worked. */
export async function attempt(deed: () => Promise<unknown>): Promise<boolean> {
  try {
    await deed();
    return true;
  } catch (failure) {
    toast(wordsFor(failure), 'danger');
    return false;
  }
}
