// Owns the words of friendship.
import type { Words } from '@/i18n/words';

export const friendsEn = {
  accept: 'Accept',
  all_one: '{{count}} friend',
  all_other: '{{count}} friends',
  chatWith: 'Chat with {{name}}',
  decline: 'Decline',
  none: 'No friends yet',
  noneBody: 'Who you are friends with stands here.',
  requests: 'Requests',
} as const;

export const friendsDe: Words<typeof friendsEn> = {
  accept: 'Annehmen',
  all_one: '{{count}} Freund',
  all_other: '{{count}} Freunde',
  chatWith: 'Mit {{name}} chatten',
  decline: 'Ablehnen',
  none: 'Noch keine Freunde',
  noneBody: 'Hier steht, mit wem du befreundet bist.',
  requests: 'Anfragen',
};
