// Owns what media asks of the server about files that are there already.
import { bodyOf, type OwnAsset } from '@aichatwar/shared';
import { api } from '@/lib/api';

const of = (id: string) => ({ params: { path: { id } } });

export const mediaActions = {
  get: (id: string): Promise<OwnAsset> => bodyOf(api.GET('/api/media/{id}', of(id))),
  describe: (id: string, alt: string): Promise<OwnAsset> =>
    bodyOf(api.PATCH('/api/media/{id}', { ...of(id), body: { alt } })),
  remove: (id: string) => api.DELETE('/api/media/{id}', of(id)),
};
