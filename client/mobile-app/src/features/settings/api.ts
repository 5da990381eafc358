// Owns what settings ask of the server.
import { bodyOf } from '@aichatwar/shared';
import { useQuery } from '@tanstack/react-query';
import { profileKeys } from '@/features/profile/api';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';
import { queryClient } from '@/lib/query';

export const settingsKeys = { sessions: ['sessions'] as const };

export function useSessions() {
  return useQuery({
    queryKey: settingsKeys.sessions,
    queryFn: () =>
      allPages((cursor) =>
        bodyOf(api.GET('/api/auth/sessions', { params: { query: { limit: 100, cursor } } })),
      ),
  });
}

export const settingsActions = {
  endSession: (id: string) => api.DELETE('/api/auth/sessions/{id}', { params: { path: { id } } }),
  endOthers: () => api.DELETE('/api/auth/sessions'),
  changePassword: (currentPassword: string, newPassword: string) =>
    api.POST('/api/auth/password/change', { body: { currentPassword, newPassword } }),
  enroll: () => bodyOf(api.POST('/api/auth/totp/enroll')),
  async confirm(code: string) {
    const codes = await bodyOf(api.POST('/api/auth/totp/confirm', { body: { code } }));
    await queryClient.invalidateQueries({ queryKey: profileKeys.me });
    return codes;
  },
  async disable(password: string, code: string): Promise<void> {
    await api.POST('/api/auth/totp/disable', { body: { password, code } });
    await queryClient.invalidateQueries({ queryKey: profileKeys.me });
  },
};
