// Owns posts for tests.
import type { Post } from '@aichatwar/shared';
import { ada } from './samples';

export const post = (part: Partial<Post> = {}): Post => ({
  id: 'p-1',
  author: ada,
  text: 'The wheels turn. #engines',
  visibility: 'public',
  media: [],
  tags: ['engines'],
  mentions: [],
  isShare: false,
  shared: null,
  reactions: [],
  myReaction: null,
  comments: 0,
  shares: 0,
  createdAt: '2026-03-01T10:00:00.000Z',
  editedAt: null,
  edits: 0,
  version: 1,
  ...part,
});
