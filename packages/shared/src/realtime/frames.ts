// Owns the shapes of the socket's frames, both ways. What they mean stands in docs/api-design.md.
import type {
  AgentPolicy,
  DebatePhase,
  DebateSideName,
  DebateTurn,
  Message,
  Notification,
  Role,
} from '../api/shapes';

/** A message as a socket tells it: one frame serves everybody, so reactions name people instead of `mine`. */
export type LiveMessage = Message;

/** Data of each `ev` frame of a room, by its name. */
export interface RoomEvents {
  'message.sent': LiveMessage;
  'message.edited': LiveMessage;
  'message.deleted': LiveMessage;
  'message.reacted': LiveMessage;
  'message.pinned': { messageId: string; by: string };
  'message.unpinned': { messageId: string; by: string };
  'room.updated': {
    title: string | null;
    agentPolicy: AgentPolicy;
    moderatorId: string | null;
    peopleInterrupt: boolean;
  };
  'room.member_added': { userId: string; role?: Role; by: string };
  'room.member_removed': { userId: string; by: string };
  'room.role_changed': { userId: string; role: Role; by: string };
  'room.agent_attached': { agentId: string; by: string };
  'room.agent_detached': { agentId: string; by: string };
  read: { userId: string; seq: number };
  typing: { userId: string; agentId?: string };
  'ai.started': RunMark;
  'ai.ended': RunMark;
  debate: DebateMark;
  'debate.delta': DebatePiece;
}

/** Data of each `ev` frame of the person's own channel, by its name. */
export interface UserEvents {
  'room.added': { roomId: string };
  'room.removed': { roomId: string };
  'room.activity': { roomId: string; seq: number; authorId: string };
  unread: { roomId: string; seq: number; unread: number };
  presence: { userId: string; online: boolean };
  'friend.requested': { userId: string; requestId?: string };
  'friend.accepted': { userId: string; requestId?: string };
  'friend.removed': { userId: string };
  order: { id: string; status: string; expiresAt: string | null };
  /** An item that is new or has grown; null: only the number is news. */
  notification: { item: Notification | null; unread: number };
  /** Something new lies in the home timeline. */
  feed: Record<string, never>;
  'session.revoked': Record<string, never>;
}

/** Where a run of an agent stands. */
export interface RunMark {
  runId: string;
  messageId: string;
  agentId: string;
  attempt: number;
  state?: string;
}

/** Where a debate stands now. */
export interface DebateMark {
  debateId: string;
  phase: DebatePhase;
  votingUntil: string | null;
  turn: Pick<DebateTurn, 'number' | 'side' | 'kind' | 'state' | 'attempt'> | null;
  counted: number;
}

/** A piece of the turn that is being spoken: characters (Unicode scalar values) from `pos`. */
export interface DebatePiece {
  debateId: string;
  turn: number;
  side: DebateSideName;
  attempt: number;
  pos: number;
  text: string;
}

/** An `ev` frame of a room. */
export type RoomEvent = {
  [Name in keyof RoomEvents]: {
    t: Name;
    r: string;
    o?: number;
    d: RoomEvents[Name];
  };
}[keyof RoomEvents];

/** An `ev` frame of the person's own channel. */
export type UserEvent = {
  [Name in keyof UserEvents]: { t: Name; d: UserEvents[Name] };
}[keyof UserEvents];

/** A piece of a reply that is being written: characters (Unicode scalar values) from `pos`. */
export interface StreamPiece {
  r: string;
  messageId: string;
  runId: string;
  agentId: string;
  attempt: number;
  pos: number;
  text: string;
}

interface EventFrame {
  op: 'ev';
  t: string;
  r?: string;
  o?: number;
  d: unknown;
}

export type ServerFrame =
  | { op: 'hello'; pingMs: number; sessionId: string }
  | { op: 'ready'; userId: string }
  | ({ op: 'ok'; id?: string } & Record<string, unknown>)
  | {
      op: 'err';
      id?: string;
      r?: string;
      code: string;
      detail?: string;
      retryAfterMs?: number;
    }
  | EventFrame
  | { op: 'batch'; ev: EventFrame[] }
  | { op: 'subbed'; r: string; o: number; e: string; recovered: boolean }
  | { op: 'reset'; r: string }
  | ({ op: 'ai' } & StreamPiece)
  | { op: 'ping' }
  | { op: 'reconnect'; afterMs: number }
  | { op: 'auth_expiring'; inMs: number };

export type ClientFrame =
  | { op: 'auth'; token: string; id?: string }
  | { op: 'sub'; id?: string; rooms: { r: string; o?: number; e?: string }[] }
  | { op: 'unsub'; id?: string; rooms: string[] }
  | {
      op: 'send';
      id: string;
      r: string;
      clientId: string;
      text: string;
      replyTo?: string;
    }
  | { op: 'typing'; r: string }
  | { op: 'read'; id?: string; r: string; seq: number }
  | { op: 'cancel'; id?: string; r: string; runId: string }
  | { op: 'pong' };

/** Reads a text frame; null when it is none that this client knows the form of. */
export function readFrame(text: unknown): ServerFrame | null {
  if (typeof text !== 'string') return null;
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === 'object' && frame !== null && 'op' in frame ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}

/** Codes with which a line is closed, of those that a client tells apart. */
export const CLOSE_IDLE = 4002;
export const CLOSE_BAD_TOKEN = 4501;
export const CLOSE_BANNED = 4503;
export const CLOSE_TOO_MANY = 4504;

/** Whether a client may come back after the server closed with this code. */
export function mayReconnect(code: number): boolean {
  return code < 4500 || code > 4999;
}
