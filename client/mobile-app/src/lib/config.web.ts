// Owns where the server is, in a browser: what the build was told, else where the page comes from.
export const serverUrl: string = (
  process.env.EXPO_PUBLIC_AICHAT_URL ??
  globalThis.location?.origin ??
  ''
).replace(/\/$/, '');
export const socketUrl: string = `${serverUrl.replace(/^http/, 'ws')}/realtime`;
