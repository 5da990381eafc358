// Owns what settings ask of the server.
import { bodyOf } from '@aichatwar/shared';
import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';

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
};
