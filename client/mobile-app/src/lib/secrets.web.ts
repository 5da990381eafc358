// Owns what must not be read by others, in a browser: the origin's storage, which is all that outlives a reload there.
export const secrets = {
  get: async (key: string): Promise<string | null> => localStorage.getItem(key),
  set: async (key: string, value: string): Promise<void> => localStorage.setItem(key, value),
  remove: async (key: string): Promise<void> => localStorage.removeItem(key),
};
