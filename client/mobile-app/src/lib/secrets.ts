// Owns what must not be read by others, on a phone: the keychain.
import * as SecureStore from 'expo-secure-store';

export const secrets = {
  get: (key: string): Promise<string | null> => SecureStore.getItemAsync(key),
  set: (key: string, value: string): Promise<void> => SecureStore.setItemAsync(key, value),
  remove: (key: string): Promise<void> => SecureStore.deleteItemAsync(key),
};
