// Owns the words of reports.
import type { Words } from '@/i18n/words';

export const reportEn = {
  abuse: 'Insults or threats',
  detail: 'In your own words',
  impersonation: 'Pretends to be somebody else',
  other: 'Something else',
  report: 'Report',
  reported: 'Thank you. A moderator will look at it.',
  send: 'Send report',
  spam: 'Spam or fraud',
  what: 'What is wrong?',
} as const;

export const reportDe: Words<typeof reportEn> = {
  abuse: 'Beleidigung oder Drohung',
  detail: 'In deinen Worten',
  impersonation: 'Gibt sich als jemand anderes aus',
  other: 'Etwas anderes',
  report: 'Melden',
  reported: 'Danke. Jemand von der Moderation sieht es sich an.',
  send: 'Meldung senden',
  spam: 'Spam oder Betrug',
  what: 'Was stimmt nicht?',
};
