// Owns what signing in and up asks of the server.
import { bodyOf } from '@aichatwar/shared';
import { api } from '@/lib/api';
import { deviceName } from '@/lib/device';

export const authActions = {
  signIn: (login: string, password: string, totp?: string) =>
    bodyOf(
      api.POST('/api/auth/signin', {
        body: { login: login.trim(), password, device: deviceName(), ...(totp ? { totp } : {}) },
      }),
    ),
  signUp: (account: { email: string; password: string; handle: string; displayName: string }) =>
    bodyOf(
      api.POST('/api/auth/signup', {
        // Keyboards put a space after what they complete.
        body: { ...account, email: account.email.trim(), device: deviceName() },
      }),
    ),
  forgot: (email: string) => api.POST('/api/auth/password/forgot', { body: { email: email.trim() } }),
  reset: (token: string, newPassword: string) =>
    api.POST('/api/auth/password/reset', { body: { token: token.trim(), newPassword } }),
};
