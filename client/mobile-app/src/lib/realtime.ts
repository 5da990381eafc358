// Owns the one live connection of the app and who hears of it. Features register what they do with events.
import {
  CLOSE_BANNED,
  RealtimeClient,
  type RoomEvent,
  type SocketState,
  type StreamText,
  type UserEvent,
} from '@aichatwar/shared';
import * as Network from 'expo-network';
import { AppState } from 'react-native';
import { create } from 'zustand';
import { tokens } from './api';
import { socketUrl } from './config';

/** What a feature does when something happens. */
export interface LiveHandler {
  roomEvent?: (event: RoomEvent) => void;
  userEvent?: (event: UserEvent) => void;
  stream?: (room: string, stream: StreamText) => void;
  caughtUp?: (room: string, seq: number, epoch: string) => void;
  reset?: (room: string) => void;
  refused?: (room: string) => void;
  /** The line is there: for the first time, or again after it broke. */
  connected?: () => void;
  disconnected?: () => void;
}

interface Connection {
  state: SocketState;
  /** Whether the device says that it has a network. */
  online: boolean;
}

export const useConnection = create<Connection>(() => ({ state: 'idle', online: true }));

const handlers: LiveHandler[] = [];
let ended: ((code: string) => void) | null = null;

export function registerLive(handler: LiveHandler): void {
  handlers.push(handler);
}

/** Says what happens when the server ends the session on the socket, by the problem's code. */
export function onSocketEnded(run: (code: string) => void): void {
  ended = run;
}

export const realtime = new RealtimeClient({
  url: socketUrl,
  token: async (stale) => (stale === null ? null : await tokens.renew(stale)) ?? tokens.access(),
  listener: {
    onState: (state) => {
      const before = useConnection.getState().state;
      useConnection.setState({ state });
      if (state === 'ready') for (const handler of handlers) handler.connected?.();
      else if (before === 'ready') for (const handler of handlers) handler.disconnected?.();
    },
    onRoomEvent: (event) => {
      for (const handler of handlers) handler.roomEvent?.(event);
    },
    onUserEvent: (event) => {
      for (const handler of handlers) handler.userEvent?.(event);
    },
    onStream: (room, stream) => {
      for (const handler of handlers) handler.stream?.(room, stream);
    },
    onCaughtUp: (room, seq, epoch) => {
      for (const handler of handlers) handler.caughtUp?.(room, seq, epoch);
    },
    onReset: (room) => {
      for (const handler of handlers) handler.reset?.(room);
    },
    onRefused: (room) => {
      for (const handler of handlers) handler.refused?.(room);
    },
    onEnded: (code) => ended?.(code === CLOSE_BANNED ? 'auth.banned' : 'auth.unauthenticated'),
  },
});

/** Connects when the network or the app comes back, without waiting for the next try. */
export function watchSurroundings(): () => void {
  const network = Network.addNetworkStateListener(({ isConnected }) => {
    useConnection.setState({ online: isConnected !== false });
    if (isConnected !== false) realtime.wake();
  });
  const app = AppState.addEventListener('change', (state) => state === 'active' && realtime.wake());
  return () => {
    network.remove();
    app.remove();
  };
}
