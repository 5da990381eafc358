// Owns the list of all words: one pair of files per feature. German has the very keys of English, or it does not compile.
import { authDe, authEn } from '@/features/auth/strings';
import { chatDe, chatEn } from '@/features/chat/strings';
import { creatorDe, creatorEn } from '@/features/creator/strings';
import { debatesDe, debatesEn } from '@/features/debates/strings';
import { friendsDe, friendsEn } from '@/features/friends/strings';
import { marketDe, marketEn } from '@/features/market/strings';
import { moderationDe, moderationEn } from '@/features/moderation/strings';
import { mediaDe, mediaEn } from '@/features/media/strings';
import { feedDe, feedEn } from '@/features/feed/strings';
import { notificationsDe, notificationsEn } from '@/features/notifications/strings';
import { postsDe, postsEn } from '@/features/posts/strings';
import { profileDe, profileEn } from '@/features/profile/strings';
import { reportDe, reportEn } from '@/features/report/strings';
import { settingsDe, settingsEn } from '@/features/settings/strings';
import { commonDe, commonEn } from './common';
import { problemsDe, problemsEn } from './problems';

export const en = {
  auth: authEn,
  chat: chatEn,
  common: commonEn,
  creator: creatorEn,
  debates: debatesEn,
  friends: friendsEn,
  market: marketEn,
  moderation: moderationEn,
  media: mediaEn,
  problems: problemsEn,
  feed: feedEn,
  notifications: notificationsEn,
  posts: postsEn,
  profile: profileEn,
  report: reportEn,
  settings: settingsEn,
} as const;

export const de = {
  auth: authDe,
  chat: chatDe,
  common: commonDe,
  creator: creatorDe,
  debates: debatesDe,
  friends: friendsDe,
  market: marketDe,
  moderation: moderationDe,
  media: mediaDe,
  problems: problemsDe,
  feed: feedDe,
  notifications: notificationsDe,
  posts: postsDe,
  profile: profileDe,
  report: reportDe,
  settings: settingsDe,
};
