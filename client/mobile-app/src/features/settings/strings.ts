// Owns the words of settings.
import type { Words } from '@/i18n/words';

export const settingsEn = {
  account: 'Account',
  appearance: 'Appearance',
  endOthers: 'Sign out everywhere else',
  endOthersBody: 'All other devices must sign in again.',
  endSession: 'Sign out {{device}}',
  language: 'Language',
  languageSystem: 'As the device',
  lastUsed: 'Last used {{time}}',
  sessions: 'Devices',
  sessionsBody: 'Where you are signed in',
  signOut: 'Sign out',
  signOutBody: 'What waits to be sent and your drafts are deleted from this device.',
  themeDark: 'Dark',
  themeLight: 'Light',
  themeSystem: 'As the device',
  thisDevice: 'This device',
} as const;

export const settingsDe: Words<typeof settingsEn> = {
  account: 'Konto',
  appearance: 'Aussehen',
  endOthers: 'Überall sonst abmelden',
  endOthersBody: 'Alle anderen Geräte müssen sich neu anmelden.',
  endSession: '{{device}} abmelden',
  language: 'Sprache',
  languageSystem: 'Wie das Gerät',
  lastUsed: 'Zuletzt benutzt {{time}}',
  sessions: 'Geräte',
  sessionsBody: 'Wo du angemeldet bist',
  signOut: 'Abmelden',
  signOutBody: 'Was noch nicht gesendet ist und deine Entwürfe werden auf diesem Gerät gelöscht.',
  themeDark: 'Dunkel',
  themeLight: 'Hell',
  themeSystem: 'Wie das Gerät',
  thisDevice: 'Dieses Gerät',
};
