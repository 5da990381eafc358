// Owns what a person chose for this device: theme and language.
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { ThemeChoice } from '@/design';
import { kept } from '@/lib/storage';

export type LanguageChoice = 'system' | 'en' | 'de';

interface Preferences {
  theme: ThemeChoice;
  language: LanguageChoice;
}

export const usePreferences = create<Preferences>()(
  persist((): Preferences => ({ theme: 'system', language: 'system' }), {
    name: 'aichat.preferences',
    storage: kept<Preferences>(),
  }),
);
