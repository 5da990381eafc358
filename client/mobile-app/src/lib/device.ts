// Owns what this device calls itself in the list of sessions.
import { Platform } from 'react-native';

const names: Record<string, string> = { ios: 'iPhone or iPad', android: 'Android', web: 'Browser' };

export function deviceName(): string {
  if (Platform.OS !== 'web') return names[Platform.OS] ?? Platform.OS;
  const agent = globalThis.navigator?.userAgent ?? '';
  const browser = /Firefox|Edg|Chrome|Safari/.exec(agent)?.[0] ?? 'Browser';
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(agent)?.[0];
  return [browser === 'Edg' ? 'Edge' : browser, system].filter(Boolean).join(' · ');
}

/** Whether fingers are the way in; a mouse selects text where a finger swipes. */
export const isTouch: boolean =
  Platform.OS !== 'web' || globalThis.matchMedia?.('(pointer: coarse)').matches === true;
