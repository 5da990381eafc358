// Owns rows that are not messages yet: what waits to be sent, and a reply that is being written.
import { isProblemCode, type Room } from '@aichatwar/shared';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Badge, Icon, makeStyles, space, Text, toast, Touchable } from '@/design';
import { wordsFor } from '@/lib/words';
import { chatActions } from '../api';
import { discard, retry, type Waiting } from '../state/outbox';
import { stopping, useStreams } from '../state/streams';
import { Bubble } from './Bubble';
import { Markdown } from './Markdown';
import { TypingDots } from './TypingDots';

export const WaitingRow = memo(function WaitingRow({
  waiting,
  first,
  last,
}: {
  waiting: Waiting;
  first: boolean;
  last: boolean;
}) {
  const { t } = useTranslation(['chat', 'media', 'problems', 'common']);
  const styles = useStyles();
  const refused = waiting.refusal;
  return (
    <Bubble
      side="mine"
      author={{ id: 'me', name: '' }}
      first={first}
      last={last}
      below={
        refused ? (
          <View style={styles.refused}>
            <Text variant="caption" color="danger" role="alert" style={styles.shrink}>
              {isProblemCode(refused) ? t(`problems:${refused}`) : t('chat:notSent')}
            </Text>
            <Action icon="refresh" label={t('common:retry')} onPress={() => retry(waiting.clientId)} />
            <Action
              icon="trash-outline"
              label={t('common:delete')}
              onPress={() => discard(waiting.clientId)}
            />
          </View>
        ) : null
      }
    >
      {waiting.attachmentIds ? (
        <View style={styles.files}>
          <Icon name="images-outline" size={16} color="onAccent" />
          <Text variant="label" color="onAccent">
            {t('media:filesWaiting', { count: waiting.attachmentIds.length })}
          </Text>
        </View>
      ) : null}
      <Markdown text={waiting.text} ink="onAccent" />
      <View style={styles.status} role="img" aria-label={t(refused ? 'chat:notSent' : 'chat:sending')}>
        <Icon name={refused ? 'alert-circle' : 'time-outline'} size={13} color="onAccentMuted" />
      </View>
    </Bubble>
  );
});

export const StreamRow = memo(function StreamRow({
  room,
  messageId,
  agentId,
}: {
  room: Room;
  messageId: string;
  agentId: string;
}) {
  const { t } = useTranslation('chat');
  const styles = useStyles();
  const stream = useStreams((state) => state.rooms[room.id]?.[messageId]);
  const [asked, setAsked] = useState(false);
  if (!stream) return null;
  const name = room.agents.find((seat) => seat.agentId === agentId)?.name ?? t('agent');
  const stop = async () => {
    setAsked(true);
    stopping(room.id, messageId, true);
    try {
      await chatActions.stopRun(room.id, stream.runId);
    } catch (failure) {
      setAsked(false);
      stopping(room.id, messageId, false);
      toast(wordsFor(failure), 'danger');
    }
  };
  return (
    <Bubble
      side="agent"
      author={{ id: agentId, name }}
      first
      last
      mark={<Badge label={t('writing')} tone="agent" />}
      below={
        stream.ended ? null : (
          <View style={styles.stop}>
            <Action
              icon="stop-circle-outline"
              label={t(asked ? 'stopping' : 'stop')}
              disabled={asked}
              onPress={() => void stop()}
            />
          </View>
        )
      }
    >
      <View aria-live="off" testID="stream">
        {stream.text ? <Markdown text={stream.text} /> : <TypingDots />}
      </View>
    </Bubble>
  );
});

interface ActionProps {
  icon: 'refresh' | 'trash-outline' | 'stop-circle-outline';
  label: string;
  disabled?: boolean;
  onPress: () => void;
}

function Action({ icon, label, disabled, onPress }: ActionProps) {
  const styles = useStyles();
  return (
    <Touchable label={label} disabled={disabled} onPress={onPress} hitSlop={space.s} style={styles.action}>
      <Icon name={icon} size={15} color="textMuted" />
      <Text variant="caption" color="textMuted">
        {label}
      </Text>
    </Touchable>
  );
}

const useStyles = makeStyles(() => ({
  status: { alignSelf: 'flex-end', marginTop: -2 },
  files: { flexDirection: 'row', alignItems: 'center', gap: space.s },
  refused: {
    flexDirection: 'row',
    flexWrap: 'wrap',
    justifyContent: 'flex-end',
    alignItems: 'center',
    gap: space.m,
    paddingTop: space.xs,
  },
  shrink: { flexShrink: 1 },
  stop: { paddingTop: space.xs, paddingLeft: space.xs },
  action: { flexDirection: 'row', alignItems: 'center', gap: space.xs },
}));
