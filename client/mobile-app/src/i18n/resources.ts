// Owns the list of all words: one pair of files per feature. German has the very keys of English, or it does not compile.
import { authDe, authEn } from '@/features/auth/strings';
import { chatDe, chatEn } from '@/features/chat/strings';
import { friendsDe, friendsEn } from '@/features/friends/strings';
import { settingsDe, settingsEn } from '@/features/settings/strings';
import { commonDe, commonEn } from './common';
import { problemsDe, problemsEn } from './problems';

export const en = {
  auth: authEn,
  chat: chatEn,
  common: commonEn,
  friends: friendsEn,
  problems: problemsEn,
  settings: settingsEn,
} as const;

export const de = {
  auth: authDe,
  chat: chatDe,
  common: commonDe,
  friends: friendsDe,
  problems: problemsDe,
  settings: settingsDe,
};
