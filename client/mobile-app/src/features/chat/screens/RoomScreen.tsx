// Owns a room's screen: who is there, what was said, and the place to answer.
import type { Message, Room } from '@aichatwar/shared';
import { useIsFocused, useLocalSearchParams, usePathname, useRouter } from 'expo-router';
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AppState, KeyboardAvoidingView, View } from 'react-native';
import { Bar, EmptyState, IconButton, makeStyles, Skeleton, space, useIsWide } from '@/design';
import { useAttachments } from '@/features/media/state/useAttachments';
import { attempt } from '@/lib/attempt';
import { useOnce } from '@/lib/onceKey';
import { Loaded } from '@/shell/Loaded';
import { useSession } from '@/state/session';
import { chatActions, heldRoom, useLog, useRoom } from '../api';
import { Composer } from '../components/Composer';
import { MessageMenu, react } from '../components/MessageMenu';
import { PinnedBar } from '../components/PinnedBar';
import { RoomHeading } from '../components/RoomHeading';
import { Timeline, type TimelineHandle } from '../components/Timeline';
import { followRoom, markRead, takeMessage } from '../live';
import type { RoomLog } from '../model/log';
import { timeline } from '../model/timeline';
import { enqueue, useOutbox, type Written } from '../state/outbox';
import { useReceipts } from '../state/attention';
import { useStreams } from '../state/streams';

export function RoomScreen() {
  const { roomId } = useLocalSearchParams<{ roomId: string }>();
  return <RoomById key={roomId} id={roomId} />;
}

function RoomById({ id }: { id: string }) {
  const { t } = useTranslation(['chat', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const wide = useIsWide();
  const room = useRoom(id);
  const log = useLog(id);
  const timelineRef = useRef<TimelineHandle>(null);
  const opened = {
    data: room.data && log.data ? { room: room.data, log: log.data } : undefined,
    error: room.data ? log.error : room.error,
    refetch: () => Promise.all([room.refetch(), log.refetch()]),
  };
  return (
    <KeyboardAvoidingView style={styles.screen} behavior="padding">
      <Bar
        back={wide ? undefined : { label: t('common:back'), fallback: '/chats' }}
        heading={room.data ? <RoomHeading room={room.data} /> : <Skeleton width={160} height={18} />}
        actions={
          room.data ? (
            <>
              <IconButton
                icon="search"
                label={t('chat:searchRoom')}
                onPress={() => router.push({ pathname: '/chats/search', params: { roomId: id } })}
              />
              <IconButton
                icon="information-circle-outline"
                label={t('chat:details')}
                onPress={() => router.push({ pathname: '/chats/[roomId]/details', params: { roomId: id } })}
              />
            </>
          ) : null
        }
      />
      <View style={styles.line} />
      <Loaded query={opened} skeleton={<BubbleSkeletons label={t('common:loading')} />}>
        {(found) => (
          <>
            <PinnedBar {...found} onJump={(messageId) => timelineRef.current?.jumpTo(messageId)} />
            <Conversation {...found} timelineRef={timelineRef} />
          </>
        )}
      </Loaded>
    </KeyboardAvoidingView>
  );
}

interface ConversationProps {
  room: Room;
  log: RoomLog;
  timelineRef: RefObject<TimelineHandle | null>;
}

function Conversation({ room, log, timelineRef }: ConversationProps) {
  const { t } = useTranslation('chat');
  const me = useSession((state) => state.me?.id ?? '');
  const waiting = useWaiting(room.id);
  const streams = useStreamKeys(room.id);
  const [replyTo, setReplyTo] = useState<Message | null>(null);
  const [editing, setEditing] = useState<Message | null>(null);
  const [menu, setMenu] = useState<Message | null>(null);
  const newAfter = useNewAfter(room);
  const { jump } = useLocalSearchParams<{ jump?: string }>();
  const rows = useMemo(
    () => timeline({ messages: log.messages, waiting, streams, me, newAfter }),
    [log.messages, waiting, streams, me, newAfter],
  );
  const attachments = useAttachments();
  const readUpTo = useReadUpTo(room, me);
  const setAtEnd = useReading(room, log);

  useEffect(() => followRoom(room), [room]);
  useEffect(() => {
    if (jump) timelineRef.current?.jumpTo(jump);
  }, [jump, timelineRef]);

  const onReply = useCallback((message: Message) => {
    setEditing(null);
    setReplyTo(message);
  }, []);
  const onEdit = useCallback((message: Message) => {
    setReplyTo(null);
    setEditing(message);
  }, []);
  const onReact = useCallback(
    (message: Message, emoji: string, on: boolean) => void react(message, emoji, on),
    [],
  );
  const once = useOnce();
  const onRegenerate = useCallback(
    ({ roomId, id }: Message) =>
      void attempt(() => once(id, (key) => chatActions.regenerate(roomId, id, key))),
    [once],
  );
  const cancel = () => {
    setReplyTo(null);
    setEditing(null);
  };
  const send = (written: Written) => {
    if (editing)
      void attempt(async () => takeMessage(await chatActions.edit(room.id, editing.id, written.text))).then(
        // The words are not lost: they stand in the field again.
        (worked) => worked || setEditing((now) => now ?? { ...editing, text: written.text }),
      );
    else enqueue(room.id, written, replyTo?.id ?? null);
    cancel();
  };

  return (
    <>
      {rows.length === 0 ? (
        <EmptyState icon="chatbubble-ellipses-outline" title={t('emptyRoom')} body={t('emptyRoomBody')} />
      ) : (
        <Timeline
          ref={timelineRef}
          room={room}
          log={log}
          rows={rows}
          readUpTo={readUpTo}
          onAtEnd={setAtEnd}
          onReply={onReply}
          onMenu={setMenu}
          onReact={onReact}
          onRegenerate={onRegenerate}
        />
      )}
      <Composer
        key={editing?.id ?? 'new'}
        room={room}
        replyTo={replyTo}
        editing={editing}
        attachments={attachments}
        onCancel={cancel}
        onSend={send}
      />
      <MessageMenu
        room={room}
        message={menu}
        me={me}
        onClose={() => setMenu(null)}
        onReply={onReply}
        onEdit={onEdit}
        onRegenerate={onRegenerate}
      />
    </>
  );
}

/** The room is what one looks at: neither below another screen nor behind another place of the app. */
function useInSight(room: string): boolean {
  const focused = useIsFocused();
  return usePathname() === `/chats/${room}` && focused;
}

/** Where reading had got to when the room came into sight: what came after is marked as new. */
function useNewAfter(room: Room): number | null {
  const focused = useInSight(room.id);
  const [was, setWas] = useState(false);
  const [newAfter, setNewAfter] = useState<number | null>(null);
  if (focused !== was) {
    setWas(focused);
    const { unread, readSeq } = heldRoom(room.id) ?? room;
    if (focused) setNewAfter(unread > 0 ? readSeq : null);
  }
  return newAfter;
}

function useWaiting(room: string) {
  const items = useOutbox((state) => state.items);
  return useMemo(() => items.filter((item) => item.roomId === room), [items, room]);
}

/** Which replies are being written; their text is not in it, so a piece draws only its own row. */
function useStreamKeys(room: string) {
  const keys = useStreams((state) =>
    Object.values(state.rooms[room] ?? {})
      .map((stream) => `${stream.messageId} ${stream.agentId}`)
      .join(','),
  );
  return useMemo(
    () =>
      keys
        .split(',')
        .filter(Boolean)
        .map((key) => {
          const [messageId = '', agentId = ''] = key.split(' ');
          return { messageId, agentId };
        }),
    [keys],
  );
}

/** The highest seq that anybody else in the room has read. */
function useReadUpTo(room: Room, me: string): number {
  const markers = useReceipts((state) => state.rooms[room.id]);
  return useMemo(
    () => Math.max(0, ...Object.entries(markers ?? {}).map(([userId, seq]) => (userId === me ? 0 : seq))),
    [markers, me],
  );
}

/** Marks the room as read while it is in sight and scrolled to its end. */
function useReading(room: Room, log: RoomLog): (atEnd: boolean) => void {
  const focused = useInSight(room.id);
  const [atEnd, setAtEnd] = useState(true);
  const [inFront, setInFront] = useState(AppState.currentState === 'active');
  useEffect(() => {
    const watch = AppState.addEventListener('change', (state) => setInFront(state === 'active'));
    return () => watch.remove();
  }, []);
  useEffect(() => {
    if (focused && atEnd && inFront) void markRead(room.id);
  }, [focused, atEnd, inFront, room.id, log.messages]);
  return setAtEnd;
}

function BubbleSkeletons({ label }: { label: string }) {
  const styles = useStyles();
  return (
    <View style={styles.skeletons} role="status" aria-busy aria-label={label}>
      {([180, 240, 140, 220, 160, 260] as const).map((width, index) => (
        <View key={width} style={index % 3 === 2 ? styles.right : null}>
          <Skeleton width={width} height={index % 2 ? 56 : 38} />
        </View>
      ))}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  screen: { flex: 1, backgroundColor: colors.canvas },
  line: { height: 1, backgroundColor: colors.border },
  skeletons: { flex: 1, justifyContent: 'flex-end', gap: space.m, padding: space.l },
  right: { alignItems: 'flex-end' },
}));
