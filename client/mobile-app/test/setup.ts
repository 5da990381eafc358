// Owns what stands in for the device in tests: storage, keychain, chance, languages, pushes. Never for the app's own parts.
jest.mock('@react-native-async-storage/async-storage', () =>
  jest.requireActual('@react-native-async-storage/async-storage/jest/async-storage-mock'),
);
jest.mock('@expo/vector-icons/Ionicons', () => 'Icon');
jest.mock('expo-secure-store', () => {
  const kept = new Map<string, string>();
  return {
    getItemAsync: async (key: string) => kept.get(key) ?? null,
    setItemAsync: async (key: string, value: string) => void kept.set(key, value),
    deleteItemAsync: async (key: string) => void kept.delete(key),
  };
});
jest.mock('expo-crypto', () => ({
  randomUUID: jest.requireActual<{ randomUUID: () => string }>('crypto').randomUUID,
}));
jest.mock('expo-localization', () => ({ getLocales: () => [{ languageCode: 'en' }] }));
jest.mock('expo-network', () => ({ addNetworkStateListener: () => ({ remove: () => undefined }) }));
jest.mock('expo-notifications', () => ({
  getPermissionsAsync: async () => ({ granted: false, canAskAgain: true }),
  getLastNotificationResponseAsync: async () => null,
  addNotificationResponseReceivedListener: () => ({ remove: () => undefined }),
}));
