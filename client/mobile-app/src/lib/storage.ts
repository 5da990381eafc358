// Owns what is kept on the device as JSON. What cannot be read counts as absent.
import AsyncStorage from '@react-native-async-storage/async-storage';
import { createJSONStorage, type PersistStorage } from 'zustand/middleware';

export async function readJson<Value>(key: string): Promise<Value | null> {
  try {
    const text = await AsyncStorage.getItem(key);
    return text === null ? null : (JSON.parse(text) as Value);
  } catch {
    return null;
  }
}

export async function writeJson(key: string, value: unknown): Promise<void> {
  try {
    await AsyncStorage.setItem(key, JSON.stringify(value));
  } catch {
    // The device is full: the app goes on without what it could not keep.
  }
}

export const removeKey = (key: string): Promise<void> => AsyncStorage.removeItem(key);

/** Storage of a zustand store that outlives the process. */
export function kept<State>(): PersistStorage<State> | undefined {
  return createJSONStorage<State>(() => AsyncStorage);
}
