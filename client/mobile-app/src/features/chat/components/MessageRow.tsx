// Owns one message that has arrived: its words, its state, and all that can be done with it.
import type { Message } from '@aichatwar/shared';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Badge, Icon, IconButton, makeStyles, space, Text, Touchable } from '@/design';
import { isTouch } from '@/lib/device';
import { clockTime } from '@/lib/time';
import { Bubble } from './Bubble';
import { Markdown } from './Markdown';
import { MessageMedia } from './MessageMedia';
import { Quote } from './Quote';
import { Reactions } from './Reactions';
import { SwipeToReply } from './SwipeToReply';

export interface MessageRowProps {
  message: Message;
  mine: boolean;
  first: boolean;
  last: boolean;
  pinned: boolean;
  flash: boolean;
  /** Somebody else has read it; only said of my own. */
  read: boolean;
  /** The message that it answers, when it is held. */
  answered: Message | undefined;
  onReply: (message: Message) => void;
  onMenu: (message: Message) => void;
  onReact: (message: Message, emoji: string, on: boolean) => void;
  onJump: (messageId: string) => void;
  onRegenerate: (message: Message) => void;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, mine, first, last, flash, answered, onReply, onMenu, onReact, onJump } = props;
  const { t } = useTranslation('chat');
  const styles = useStyles();
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const agent = message.author.kind === 'agent';
  const side = mine ? 'mine' : agent ? 'agent' : 'other';
  const body = (
    <Bubble
      side={side}
      author={message.author}
      first={first}
      last={last}
      flash={flash}
      mark={
        agent && message.ai?.demo ? (
          <Badge label={t('demo')} tone="warning" />
        ) : agent ? (
          <Badge label={t('agent')} tone="agent" />
        ) : null
      }
      below={<Below {...props} />}
    >
      {message.replyTo && !message.deleted ? (
        <Quote
          message={answered}
          onAccent={mine}
          onPress={() => message.replyTo && onJump(message.replyTo)}
        />
      ) : null}
      {message.attachmentIds.length > 0 && !message.deleted ? (
        <MessageMedia message={message} onAccent={mine} />
      ) : null}
      {message.deleted ? (
        <Text color={mine ? 'onAccent' : 'textMuted'} style={styles.gone}>
          {t('deleted')}
        </Text>
      ) : (
        <Markdown text={message.text} ink={mine ? 'onAccent' : 'plain'} />
      )}
      <Status {...props} />
    </Bubble>
  );
  if (message.deleted) return body;
  return (
    <SwipeToReply onReply={() => onReply(message)} testID={`swipe ${message.id}`}>
      <View
        onPointerEnter={() => setHovered(true)}
        onPointerLeave={() => setHovered(false)}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      >
        <Touchable
          role="article"
          label={`${message.author.name}, ${clockTime(message.createdAt)}: ${message.text}`}
          onLongPress={() => onMenu(message)}
          accessibilityActions={[
            { name: 'reply', label: t('reply') },
            { name: 'menu', label: t('more') },
          ]}
          onAccessibilityAction={(event) =>
            event.nativeEvent.actionName === 'reply' ? onReply(message) : onMenu(message)
          }
          style={styles.press}
        >
          {body}
        </Touchable>
        {!isTouch && (hovered || focused) ? (
          <View style={[styles.tools, mine ? styles.toolsMine : styles.toolsOther]}>
            <IconButton
              icon="happy-outline"
              label={t('reactLike')}
              iconSize={18}
              onPress={() => onReact(message, '👍', true)}
              style={styles.tool}
            />
            <IconButton
              icon="arrow-undo-outline"
              label={t('reply')}
              iconSize={18}
              onPress={() => onReply(message)}
              style={styles.tool}
            />
            <IconButton
              icon="ellipsis-horizontal"
              label={t('more')}
              iconSize={18}
              onPress={() => onMenu(message)}
              style={styles.tool}
            />
          </View>
        ) : null}
      </View>
    </SwipeToReply>
  );
});

/** Small signs in the bubble's corner: pinned, edited, when, and whether it was read. */
function Status({ message, mine, pinned, read }: MessageRowProps) {
  const { t } = useTranslation('chat');
  const styles = useStyles();
  const ink = mine ? 'onAccentMuted' : 'textFaint';
  return (
    <View style={styles.status}>
      {pinned ? <Icon name="pin" size={11} color={ink} /> : null}
      {message.editedAt && !message.deleted ? (
        <Text variant="caption" color={ink} style={styles.small}>
          {t('edited')}
        </Text>
      ) : null}
      <Text variant="caption" color={ink} style={styles.small}>
        {clockTime(message.createdAt)}
      </Text>
      {mine && !message.deleted ? (
        <View role="img" aria-label={t(read ? 'read' : 'sent')}>
          <Icon name={read ? 'checkmark-done' : 'checkmark'} size={14} color={ink} />
        </View>
      ) : null}
    </View>
  );
}

function Below({ message, onReact, onRegenerate, last }: MessageRowProps) {
  const { t } = useTranslation('chat');
  const styles = useStyles();
  const state = message.ai?.state;
  const broken = state === 'failed' || state === 'interrupted' || state === 'cancelled';
  return (
    <View style={styles.below}>
      <Reactions message={message} onToggle={(emoji, on) => onReact(message, emoji, on)} />
      {message.ai && !message.deleted && (broken || last) ? (
        <View style={styles.ai}>
          {broken ? (
            <Text variant="caption" color={state === 'failed' ? 'danger' : 'textFaint'}>
              {t(`ai_${state}`)}
            </Text>
          ) : null}
          <Touchable
            label={t('regenerate')}
            onPress={() => onRegenerate(message)}
            hitSlop={space.s}
            style={styles.again}
          >
            <Icon name="refresh" size={13} color="textFaint" />
            <Text variant="caption" color="textFaint">
              {t('regenerate')}
            </Text>
          </Touchable>
        </View>
      ) : null}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  press: { cursor: 'auto' },
  gone: { fontStyle: 'italic' },
  status: { flexDirection: 'row', alignItems: 'center', alignSelf: 'flex-end', gap: space.xs, marginTop: -2 },
  small: { fontSize: 11, lineHeight: 14, fontVariant: ['tabular-nums'] },
  below: { alignItems: 'flex-start' },
  ai: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    paddingTop: space.xs,
    paddingLeft: space.xs,
  },
  again: { flexDirection: 'row', alignItems: 'center', gap: space.xs },
  tools: {
    position: 'absolute',
    top: -6,
    flexDirection: 'row',
    backgroundColor: colors.canvas,
    borderRadius: 12,
    borderWidth: 1,
    borderColor: colors.border,
    boxShadow: '0 4px 14px rgba(0, 0, 0, 0.12)',
  },
  toolsMine: { left: space.l },
  toolsOther: { right: space.l },
  tool: { width: 32, height: 32 },
}));
