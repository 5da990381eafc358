// Owns where the server is, on a phone: what the build was told, else the machine that serves the bundle in development.
import Constants from 'expo-constants';

const PORT = 8080;

function guess(): string {
  const host = Constants.expoConfig?.hostUri?.split(':')[0];
  return host ? `http://${host}:${PORT}` : `http://localhost:${PORT}`;
}

export const serverUrl: string = (process.env.EXPO_PUBLIC_AICHAT_URL ?? guess()).replace(/\/$/, '');
export const socketUrl: string = `${serverUrl.replace(/^http/, 'ws')}/realtime`;
