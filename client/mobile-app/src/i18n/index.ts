// Owns the languages of the app and which one is on.
import { getLocales } from 'expo-localization';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { de, en } from './resources';

export type Language = 'en' | 'de';
export const languages: readonly Language[] = ['en', 'de'];

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    keySeparator: false;
    resources: typeof en;
  }
}

export function systemLanguage(): Language {
  for (const { languageCode } of getLocales()) {
    const known = languages.find((language) => language === languageCode);
    if (known) return known;
  }
  return 'en';
}

export const i18n = i18next;

/** How moments and sums are written: the language that is on, in the form of the device's region where it speaks it. */
export function locale(): string {
  return (
    getLocales().find(({ languageCode }) => languageCode === i18n.language)?.languageTag ?? i18n.language
  );
}

void i18n.use(initReactI18next).init({
  lng: systemLanguage(),
  fallbackLng: 'en',
  defaultNS: 'common',
  // Codes have dots in them.
  keySeparator: false,
  ns: Object.keys(en),
  resources: { en, de },
  interpolation: { escapeValue: false },
});
