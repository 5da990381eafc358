// Owns one live connection for one person: it signs in, keeps it alive, comes back after it broke, and resumes every
// followed room without a gap or a duplicate. Refuses to know what events mean.
import { Backoff } from './backoff';
import { Follows } from './follows';
import {
  type ClientFrame,
  CLOSE_BAD_TOKEN,
  CLOSE_IDLE,
  CLOSE_TOO_MANY,
  mayReconnect,
  readFrame,
  type RoomEvent,
  type ServerFrame,
  type UserEvent,
} from './frames';
import { type StreamText, takePiece } from './streams';

export type SocketState =
  /** Not wanted. */
  | 'idle'
  /** The line is being opened or the token shown. */
  | 'connecting'
  /** Frames flow. */
  | 'ready'
  /** Broken; tried again soon. */
  | 'waiting'
  /** The server wants this session no more. */
  | 'ended';

export interface RealtimeListener {
  onState?(state: SocketState): void;
  onRoomEvent?(event: RoomEvent): void;
  onUserEvent?(event: UserEvent): void;
  /** A followed room is complete up to `seq`. */
  onCaughtUp?(room: string, seq: number, epoch: string): void;
  /** A followed room must be read anew by HTTP; it is followed from now on. */
  onReset?(room: string): void;
  /** A followed room is not there for this person. */
  onRefused?(room: string, code: string): void;
  onStream?(room: string, stream: StreamText): void;
  /** The server ended the session, or refuses every token. */
  onEnded?(code: number): void;
}

/** The part of a WebSocket that is used. */
export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface RealtimeOptions {
  /** `ws://host/realtime` */
  url: string;
  /** Gives an access token that holds, in place of `stale` if that is given; null ends the attempts. */
  token: (stale: string | null) => Promise<string | null>;
  listener: RealtimeListener;
  open?: (url: string) => SocketLike;
  backoff?: Backoff;
  timers?: {
    set: (run: () => void, ms: number) => unknown;
    clear: (timer: never) => void;
  };
  now?: () => number;
}

/** Without any frame for so many ping times the line is taken for dead. */
const SILENT_PINGS = 2.5;
/** The same for a device that has just woken, whose timers stood still while it slept; a server may pass over every other ping. */
const SILENT_PINGS_AWAKE = 2.1;
/** The line must be open and the token accepted within this. */
const OPEN_MS = 15_000;
const DEFAULT_PING_MS = 25_000;
/** Names our subscriptions, so that a refusal is known as theirs. */
const SUB_ID = 'sub';
const SUB_RETRY_MS = 2_000;

export class RealtimeClient {
  readonly #options: RealtimeOptions;
  readonly #backoff: Backoff;
  readonly #follows = new Follows();
  /** Room, then message. */
  readonly #streams = new Map<string, Map<string, StreamText>>();
  #state: SocketState = 'idle';
  #socket: SocketLike | null = null;
  #timer: unknown = null;
  #watchdog: unknown = null;
  #pingMs = DEFAULT_PING_MS;
  /** When the last frame came. */
  #heardAt = 0;
  /** When this person last did something that is not answered. */
  #spokeAt = -Infinity;
  /** The server has been asked whether it is there. */
  #probed = false;
  /** Of several that began to connect only the last goes on. */
  #attempt = 0;
  /** The token that was shown last. */
  #shown: string | null = null;
  /** The token that the server refused; another one is tried once. */
  #stale: string | null = null;

  constructor(options: RealtimeOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? new Backoff();
  }

  get state(): SocketState {
    return this.#state;
  }

  /** Connects, and stays connected until `stop`. */
  start(): void {
    if (this.#state === 'connecting' || this.#state === 'ready') return;
    this.#cancelTimers();
    void this.#connect();
  }

  /** Leaves; what was followed is forgotten. */
  stop(): void {
    this.#cancelTimers();
    this.#drop();
    this.#follows.clear();
    this.#streams.clear();
    this.#stale = null;
    this.#become('idle');
  }

  /** The network is back or the app is in front again: does not wait for the next try. */
  wake(): void {
    const silentMs = this.#now() - Math.max(this.#heardAt, this.#spokeAt);
    if (this.#state === 'ready' && silentMs > this.#pingMs * SILENT_PINGS_AWAKE) {
      this.#drop();
      this.#closed(CLOSE_IDLE);
    }
    if (this.#state !== 'waiting') return;
    this.#cancelTimers();
    void this.#connect();
  }

  /** Follows a room. `seq` is the highest message that the caller holds. */
  follow(room: string, seq?: number, epoch?: string): void {
    if (this.#follows.add(room, seq, epoch)) this.#subscribe([room]);
  }

  unfollow(room: string): void {
    if (!this.#follows.remove(room)) return;
    this.#streams.delete(room);
    this.#send({ op: 'unsub', rooms: [room] });
  }

  follows(room: string): boolean {
    return this.#follows.has(room);
  }

  /** The caller has read the room by HTTP up to `seq`. */
  advance(room: string, seq: number): void {
    this.#follows.advance(room, seq);
  }

  /** Tells the room's others that this person writes; lost when there is no line. */
  typing(room: string): void {
    this.#spokeAt = this.#now();
    this.#send({ op: 'typing', r: room });
  }

  // --- the line ---------------------------------------------------------------------------------------------------

  async #connect(): Promise<void> {
    this.#become('connecting');
    const attempt = ++this.#attempt;
    const isOver = () => this.#state !== 'connecting' || attempt !== this.#attempt;
    let token: string | null;
    try {
      token = await this.#options.token(this.#stale);
    } catch {
      if (!isOver()) this.#retry();
      return;
    }
    if (isOver()) return;
    if (token === null) {
      this.#become('idle');
      return;
    }
    const open = this.#options.open ?? ((url: string) => new WebSocket(url) as unknown as SocketLike);
    let socket: SocketLike;
    try {
      socket = open(this.#options.url);
    } catch {
      this.#retry();
      return;
    }
    this.#socket = socket;
    this.#shown = token;
    const mine = () => this.#socket === socket;
    socket.onopen = () => mine() && this.#send({ op: 'auth', token });
    socket.onmessage = (event) => mine() && this.#hear(readFrame(event.data));
    socket.onclose = (event) => mine() && this.#closed(event.code);
    socket.onerror = () => undefined;
    this.#watch(OPEN_MS);
  }

  #closed(code: number): void {
    this.#cancelTimers();
    this.#socket = null;
    this.#streams.clear();
    const renews = code === CLOSE_BAD_TOKEN && this.#stale === null;
    if (renews) this.#stale = this.#shown;
    if (renews || mayReconnect(code)) {
      this.#retry();
      return;
    }
    if (code === CLOSE_TOO_MANY) {
      // Of the many places in which the person is, the one that is looked at next tries again.
      this.#become('waiting');
      return;
    }
    this.#become('ended');
    this.#options.listener.onEnded?.(code);
  }

  #retry(afterMs = this.#backoff.next()): void {
    this.#become('waiting');
    this.#timer = this.#set(() => void this.#connect(), afterMs);
  }

  /** Lets go of the line without hearing of it again. */
  #drop(code = 1000): void {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    try {
      socket.close(code);
    } catch {
      // It never opened.
    }
  }

  /** Nothing heard for so long: the line is dead although nobody closed it. */
  #watch(ms: number): void {
    this.#clear(this.#watchdog);
    this.#watchdog = this.#set(() => {
      // Who has just spoken is not pinged, and so asks for a sign of life.
      const justSpoke = this.#now() - this.#spokeAt < this.#pingMs;
      if (this.#state === 'ready' && this.#shown !== null && !this.#probed && justSpoke) {
        this.#probed = true;
        this.#send({ op: 'auth', token: this.#shown });
        this.#watch(this.#pingMs);
        return;
      }
      this.#drop();
      this.#closed(CLOSE_IDLE);
    }, ms);
  }

  #send(frame: ClientFrame): void {
    if (!this.#socket || (this.#state !== 'ready' && frame.op !== 'auth' && frame.op !== 'pong')) return;
    this.#socket.send(JSON.stringify(frame));
  }

  #subscribe(rooms?: Iterable<string>): void {
    const wishes = this.#follows.wishes(rooms);
    if (wishes.length > 0) this.#send({ op: 'sub', id: SUB_ID, rooms: wishes });
  }

  // --- what comes in ----------------------------------------------------------------------------------------------

  #hear(frame: ServerFrame | null): void {
    if (!frame) return;
    this.#heardAt = this.#now();
    this.#probed = false;
    this.#watch(this.#pingMs * SILENT_PINGS);
    const { listener } = this.#options;
    switch (frame.op) {
      case 'hello':
        this.#pingMs = frame.pingMs;
        break;
      case 'ready':
        this.#backoff.reset();
        this.#stale = null;
        if (this.#state !== 'ready') {
          this.#become('ready');
          this.#subscribe();
        }
        break;
      case 'ping':
        this.#send({ op: 'pong' });
        break;
      case 'ev':
        this.#event(frame);
        break;
      case 'batch':
        for (const event of frame.ev) this.#event(event);
        break;
      case 'subbed':
        this.#follows.settle(frame.r, frame.o, frame.e);
        if (this.#follows.has(frame.r)) listener.onCaughtUp?.(frame.r, frame.o, frame.e);
        break;
      case 'reset':
        this.#follows.reset(frame.r);
        if (this.#follows.has(frame.r)) listener.onReset?.(frame.r);
        break;
      case 'ai':
        this.#piece(frame);
        break;
      case 'err':
        if (frame.id === SUB_ID && frame.r) this.#refused(frame.r, frame.code, frame.retryAfterMs);
        break;
      case 'reconnect':
        this.#drop();
        this.#cancelTimers();
        this.#streams.clear();
        this.#retry(frame.afterMs);
        break;
      case 'auth_expiring':
        void this.#renew();
        break;
      case 'ok':
        break;
    }
  }

  #event(event: { t: string; r?: string; o?: number; d: unknown }): void {
    const { listener } = this.#options;
    if (event.r === undefined) {
      listener.onUserEvent?.(event as UserEvent);
      return;
    }
    if (event.o !== undefined) {
      const verdict = this.#follows.take(event.r, event.o);
      if (verdict === 'gap') this.#subscribe([event.r]);
      if (verdict !== 'next') return;
    }
    const known = event as RoomEvent;
    if (known.t === 'message.sent') this.#streams.get(known.r)?.delete(known.d.id);
    listener.onRoomEvent?.(known);
  }

  /** A room could not be followed: for good when it is not there, else it is asked again. */
  #refused(room: string, code: string, retryAfterMs = SUB_RETRY_MS): void {
    if (!this.#follows.has(room)) return;
    if (code !== 'chat.not_found') {
      this.#set(() => this.#subscribe([room]), retryAfterMs);
      return;
    }
    this.#follows.remove(room);
    this.#options.listener.onRefused?.(room, code);
  }

  #piece(piece: Extract<ServerFrame, { op: 'ai' }>): void {
    if (!this.#follows.has(piece.r)) return;
    const room = this.#streams.get(piece.r) ?? new Map<string, StreamText>();
    this.#streams.set(piece.r, room);
    const step = takePiece(room.get(piece.messageId), piece);
    if (step.outcome === 'gap') {
      // Who subscribes during a run gets the text so far.
      this.#subscribe([piece.r]);
    } else if (step.outcome === 'grown') {
      room.set(piece.messageId, step.stream);
      this.#options.listener.onStream?.(piece.r, step.stream);
    }
  }

  async #renew(): Promise<void> {
    const socket = this.#socket;
    const token = await this.#options.token(this.#shown).catch(() => null);
    if (!token || this.#socket !== socket) return;
    this.#shown = token;
    this.#send({ op: 'auth', token });
  }

  // --- small things -----------------------------------------------------------------------------------------------

  #become(state: SocketState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.listener.onState?.(state);
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }

  #set(run: () => void, ms: number): unknown {
    return this.#options.timers ? this.#options.timers.set(run, ms) : setTimeout(run, ms);
  }

  #clear(timer: unknown): void {
    if (timer === null) return;
    if (this.#options.timers) this.#options.timers.clear(timer as never);
    else clearTimeout(timer as ReturnType<typeof setTimeout>);
  }

  #cancelTimers(): void {
    this.#clear(this.#timer);
    this.#clear(this.#watchdog);
    this.#timer = this.#watchdog = null;
  }
}
