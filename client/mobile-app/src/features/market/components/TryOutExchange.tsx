// Owns how a question on trial and what came of it are seen: being written, answered, without words, or gone wrong.
import type { AgentTryOut, ModelCard } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Badge, Button, makeStyles, space, Text } from '@/design';
import { Bubble } from '@/features/chat/components/Bubble';
import { Markdown } from '@/features/chat/components/Markdown';
import { TypingDots } from '@/features/chat/components/TypingDots';
import { wordsFor } from '@/lib/words';

export interface TryOutExchangeProps {
  card: Pick<ModelCard, 'id' | 'agentId' | 'name'>;
  question: string;
  answer: AgentTryOut | undefined;
  failure: Error | null;
  /** Absent: asking again would change nothing. */
  onRetry: (() => void) | undefined;
}

export function TryOutExchange({ card, question, answer, failure, onRetry }: TryOutExchangeProps) {
  const { t } = useTranslation(['market', 'chat']);
  const styles = useStyles();
  return (
    <View aria-live="polite" aria-busy={!answer && !failure} style={styles.exchange}>
      <Bubble
        side="mine"
        author={{ id: 'me', name: '' }}
        first
        last
        below={
          failure ? (
            <View style={styles.failed}>
              <Text variant="caption" color="danger" role="alert" style={styles.shrink}>
                {wordsFor(failure)}
              </Text>
              {onRetry ? (
                <Button
                  compact
                  kind="ghost"
                  icon="refresh"
                  label={t('market:tryOutAgain')}
                  onPress={onRetry}
                />
              ) : null}
            </View>
          ) : null
        }
      >
        <Markdown text={question} ink="onAccent" />
      </Bubble>
      {failure ? null : (
        <Bubble
          side="agent"
          author={{ id: card.agentId ?? card.id, name: card.name }}
          first
          last
          mark={answer ? null : <Badge label={t('chat:writing')} tone="agent" />}
          below={
            answer?.badge ? (
              <View style={styles.badge}>
                <Badge label={answer.badge} tone="warning" />
              </View>
            ) : null
          }
        >
          {answer ? <Words text={answer.text} /> : <TypingDots />}
        </Bubble>
      )}
    </View>
  );
}

function Words({ text }: { text: string | null }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  return (
    <View testID="try-out-answer">
      {text === null ? (
        <Text color="textMuted" style={styles.nothing}>
          {t('tryOutNothing')}
        </Text>
      ) : (
        <Markdown text={text} />
      )}
    </View>
  );
}

const useStyles = makeStyles(() => ({
  exchange: { paddingBottom: space.s },
  failed: {
    flexDirection: 'row',
    flexWrap: 'wrap',
    justifyContent: 'flex-end',
    alignItems: 'center',
    gap: space.s,
    paddingTop: space.xs,
  },
  shrink: { flexShrink: 1 },
  badge: { paddingTop: space.xs },
  nothing: { fontStyle: 'italic' },
}));
