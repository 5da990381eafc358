// Owns the list of a room from the newest upwards: older ones as one scrolls, the way down, and jumps to one message.
import type { Room } from '@aichatwar/shared';
import { type Ref, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  ActivityIndicator,
  FlatList,
  type NativeScrollEvent,
  type NativeSyntheticEvent,
  View,
} from 'react-native';
import {
  CountBadge,
  IconButton,
  makeStyles,
  radius,
  size,
  space,
  Text,
  toast,
  useReducedMotion,
  useTheme,
} from '@/design';
import { dayName } from '@/lib/time';
import { loadOlder } from '../api';
import { headOf, type RoomLog } from '../model/log';
import type { Row } from '../model/timeline';
import { StreamRow, WaitingRow } from './LiveRows';
import { MessageRow, type MessageRowProps } from './MessageRow';

type Deeds = Pick<MessageRowProps, 'onReply' | 'onMenu' | 'onReact' | 'onRegenerate'>;

export interface TimelineProps extends Deeds {
  room: Room;
  log: RoomLog;
  /** Oldest first. */
  rows: readonly Row[];
  /** The highest seq that anybody else has read. */
  readUpTo: number;
  ref?: Ref<TimelineHandle>;
  /** The newest message is in sight. */
  onAtEnd: (atEnd: boolean) => void;
}

export interface TimelineHandle {
  jumpTo: (messageId: string) => void;
}

const NEAR_END = 120;
/** Rows that are drawn at once: few, so that no frame waits for many. */
const BATCH = 6;
/** From further away one is taken to the end at once. */
const GLIDE_MAX = 1_500;
const FLASH_MS = 1_600;
const JUMP_PAGES_MAX = 15;

export function Timeline(props: TimelineProps) {
  const { room, log, rows, readUpTo, onAtEnd, onReply, onMenu, onReact, onRegenerate, ref } = props;
  const { t } = useTranslation('chat');
  const { colors } = useTheme();
  const styles = useStyles();
  const list = useRef<FlatList<Row>>(null);
  const offset = useRef(0);
  const still = useReducedMotion();
  const [away, setAway] = useState<number | null>(null);
  const [loading, setLoading] = useState(false);
  const [flashed, setFlashed] = useState<string | null>(null);
  const upward = useMemo(() => [...rows].reverse(), [rows]);
  const rowsNow = useRef(upward);
  useEffect(() => {
    rowsNow.current = upward;
  }, [upward]);
  const byId = useMemo(() => new Map(log.messages.map((message) => [message.id, message])), [log.messages]);
  const pins = useMemo(() => new Set(room.pinned), [room.pinned]);

  const scrolled = (event: NativeSyntheticEvent<NativeScrollEvent>) => {
    offset.current = event.nativeEvent.contentOffset.y;
    const atEnd = offset.current < NEAR_END;
    if (atEnd === (away === null)) return;
    setAway(atEnd ? null : headOf(log));
    onAtEnd(atEnd);
  };

  const toNewest = () => {
    const near = offset.current < GLIDE_MAX;
    list.current?.scrollToOffset({ offset: 0, animated: near && !still });
    // A list that was laid out anew may stand at its end already, and then no scroll tells of it.
    setAway(null);
    onAtEnd(true);
  };

  const older = async () => {
    if (loading || !log.hasMoreBefore) return;
    setLoading(true);
    try {
      await loadOlder(room.id);
    } catch {
      // It is tried again by the next scroll.
    } finally {
      setLoading(false);
    }
  };

  const jump = useCallback(
    async (messageId: string) => {
      const find = () =>
        rowsNow.current.findIndex((row) => row.kind === 'message' && row.message.id === messageId);
      try {
        for (let page = 0; find() < 0 && page < JUMP_PAGES_MAX; page += 1) {
          const more = await loadOlder(room.id, 200);
          await new Promise((resolve) => setTimeout(resolve, 50));
          if (!more && find() < 0) break;
        }
      } catch {
        // Said below.
      }
      const index = find();
      if (index < 0) {
        toast(t('notFound'), 'danger');
        return;
      }
      list.current?.scrollToIndex({ index, viewPosition: 0.5, animated: true });
      setFlashed(messageId);
      setTimeout(() => setFlashed(null), FLASH_MS);
    },
    [room.id, t],
  );
  useImperativeHandle(ref, () => ({ jumpTo: (id) => void jump(id) }), [jump]);
  const onJump = useCallback((messageId: string) => void jump(messageId), [jump]);

  const draw = ({ item }: { item: Row }) => {
    switch (item.kind) {
      case 'message':
        return (
          <MessageRow
            message={item.message}
            mine={item.mine}
            first={item.first}
            last={item.last}
            pinned={pins.has(item.message.id)}
            flash={flashed === item.message.id}
            read={item.mine && item.message.seq <= readUpTo}
            answered={item.message.replyTo ? byId.get(item.message.replyTo) : undefined}
            onReply={onReply}
            onMenu={onMenu}
            onReact={onReact}
            onJump={onJump}
            onRegenerate={onRegenerate}
          />
        );
      case 'waiting':
        return <WaitingRow waiting={item.waiting} first={item.first} last={item.last} />;
      case 'stream':
        return <StreamRow room={room} messageId={item.messageId} agentId={item.agentId} />;
      case 'day':
        return (
          <View style={styles.day}>
            <Text variant="captionStrong" color="textFaint" role="heading">
              {dayName(item.time)}
            </Text>
          </View>
        );
      case 'new':
        return (
          <View style={styles.new}>
            <View style={styles.newLine} />
            <Text variant="captionStrong" color="accent">
              {t('newMessages')}
            </Text>
            <View style={styles.newLine} />
          </View>
        );
    }
  };

  return (
    <View style={styles.fill}>
      <FlatList
        ref={list}
        inverted
        data={upward}
        keyExtractor={(row) => row.key}
        renderItem={draw}
        onScroll={scrolled}
        scrollEventThrottle={64}
        onEndReached={() => void older()}
        onEndReachedThreshold={1.5}
        initialNumToRender={20}
        maxToRenderPerBatch={BATCH}
        updateCellsBatchingPeriod={16}
        windowSize={9}
        keyboardShouldPersistTaps="handled"
        keyboardDismissMode="interactive"
        maintainVisibleContentPosition={away === null ? undefined : { minIndexForVisible: 0 }}
        onScrollToIndexFailed={({ index, averageItemLength }) => {
          list.current?.scrollToOffset({ offset: index * averageItemLength, animated: false });
          setTimeout(() => list.current?.scrollToIndex({ index, viewPosition: 0.5, animated: false }), 80);
        }}
        contentContainerStyle={styles.content}
        ListFooterComponent={
          loading ? <ActivityIndicator style={styles.loading} color={colors.textFaint} /> : null
        }
        aria-label={t('messages')}
        testID="timeline"
      />
      {away !== null ? (
        <View style={styles.down}>
          <IconButton
            icon="chevron-down"
            label={t('toNewest', { count: Math.max(0, headOf(log) - away) })}
            onPress={toNewest}
            style={styles.downButton}
          />
          <View style={styles.downCount} pointerEvents="none">
            <CountBadge count={headOf(log) - away} />
          </View>
        </View>
      ) : null}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  fill: { flex: 1 },
  content: { paddingVertical: space.m, width: '100%', maxWidth: size.content + 80, alignSelf: 'center' },
  loading: { padding: space.l },
  day: { alignItems: 'center', paddingTop: space.l, paddingBottom: space.xs },
  new: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    paddingHorizontal: space.l,
    paddingTop: space.m,
  },
  newLine: { flex: 1, height: 1, backgroundColor: colors.accentSoft },
  down: { position: 'absolute', right: space.l, bottom: space.m },
  downButton: {
    width: 42,
    height: 42,
    borderRadius: radius.full,
    backgroundColor: colors.canvas,
    borderWidth: 1,
    borderColor: colors.border,
    boxShadow: '0 4px 14px rgba(0, 0, 0, 0.14)',
  },
  downCount: { position: 'absolute', top: -8, right: -4 },
}));
