// Owns people, rooms and messages for tests.
import type { Message, Room, User } from '@aichatwar/shared';

const time = '2026-03-01T10:00:00.000Z';

export const ada: User = {
  id: 'u-ada',
  handle: 'ada',
  displayName: 'Ada Lovelace',
  bio: '',
  avatarUrl: null,
  createdAt: time,
};

export const room = (part: Partial<Room> = {}): Room => ({
  id: 'r-1',
  kind: 'group',
  title: 'Engine room',
  createdAt: time,
  createdBy: ada.id,
  epoch: 'e',
  lastSeq: 1,
  agentPolicy: 'mention',
  moderatorId: null,
  peopleInterrupt: false,
  members: [
    { userId: ada.id, handle: 'ada', displayName: 'Ada Lovelace', role: 'owner', joinedAt: time },
    { userId: 'u-grace', handle: 'grace', displayName: 'Grace Hopper', role: 'member', joinedAt: time },
  ],
  memberCount: 2,
  agents: [{ agentId: 'a-sage', handle: 'sage', name: 'Sage' }],
  pinned: [],
  myRole: 'owner',
  readSeq: 1,
  unread: 0,
  lastMessage: null,
  updatedAt: time,
  ...part,
});

export const message = (part: Partial<Message> = {}): Message => ({
  id: `m-${part.seq ?? 1}`,
  roomId: 'r-1',
  seq: 1,
  clientId: null,
  author: { kind: 'user', id: 'u-grace', name: 'Grace Hopper' },
  origin: 'human',
  text: 'Good morning',
  replyTo: null,
  mentions: [],
  attachmentIds: [],
  reactions: [],
  rootId: 'm-1',
  hop: 0,
  createdAt: time,
  editedAt: null,
  deleted: false,
  version: 1,
  ai: null,
  ...part,
});
