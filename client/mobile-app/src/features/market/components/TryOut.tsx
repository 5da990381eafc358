// Owns the trial of a card on sale: anybody asks its agent, one question at a time. Nothing of it is kept.
import { ApiProblem, type ModelCard } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { IconButton, Input, makeStyles, space, Text } from '@/design';
import { serverNow } from '@/lib/api';
import { marketActions } from '../api';
import { SamplePrompts } from './SamplePrompts';
import { TryOutExchange } from './TryOutExchange';

/** What the server takes. */
const QUESTION_MAX = 300;

const isOver = (failure: unknown): boolean =>
  failure instanceof ApiProblem && failure.code === 'agent.tried_out_enough';
/** Asking again would change nothing: there is no question left, or no such card. An agent comes a moment after its card. */
const isHopeless = (failure: unknown): boolean =>
  isOver(failure) || (failure instanceof ApiProblem && failure.code === 'cards.not_found');

const DAY_MS = 24 * 3_600_000;
/** Questions are counted by the server's day, UTC. */
const untilTomorrow = (): number => DAY_MS - (serverNow() % DAY_MS);

export function TryOut({ card }: { card: ModelCard }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const [text, setText] = useState('');
  const [left, setLeft] = useState<number | null>(null);
  const ask = useMutation({
    mutationFn: (question: string) => marketActions.tryOut(card.id, question),
    onSuccess: (answer) => setLeft(answer.left),
    onError: (failure) => isOver(failure) && setLeft(0),
  });
  const { reset } = ask;
  useEffect(() => {
    if (left !== 0) return;
    const timer = setTimeout(() => {
      setLeft(null);
      reset();
    }, untilTomorrow());
    return () => clearTimeout(timer);
  }, [left, reset]);
  const question = ask.variables;
  const over = left === 0;
  const waits = ask.isPending || over;
  const own = text.trim();
  const ready = own !== '' && !waits;
  const send = () => {
    if (!ready) return;
    setText('');
    ask.mutate(own);
  };
  return (
    <View style={styles.group} testID="try-out">
      <Text variant="heading" role="heading">
        {t('tryOut')}
      </Text>
      {card.samplePrompts.length > 0 ? (
        <SamplePrompts prompts={card.samplePrompts} disabled={waits} onAsk={ask.mutate} />
      ) : null}
      {question === undefined ? null : (
        <TryOutExchange
          card={card}
          question={question}
          answer={ask.data}
          failure={ask.error}
          onRetry={isHopeless(ask.error) ? undefined : () => ask.mutate(question)}
        />
      )}
      <Input
        label={t('tryOutOwn')}
        hideLabel
        placeholder={t('tryOutOwn')}
        value={text}
        onChangeText={setText}
        editable={!over}
        maxLength={QUESTION_MAX}
        returnKeyType="send"
        submitBehavior="submit"
        onSubmitEditing={send}
        hint={over ? t('tryOutOver') : left === null ? t('tryOutHint') : t('tryOutLeft', { count: left })}
        trailing={
          <IconButton
            icon="arrow-up"
            label={t('tryOutSend')}
            filled
            iconSize={18}
            disabled={!ready}
            onPress={send}
            testID="try-out-send"
            style={styles.send}
          />
        }
        testID="try-out-input"
      />
    </View>
  );
}

const useStyles = makeStyles(() => ({
  group: { gap: space.m },
  send: { width: 34, height: 34, marginRight: -space.xs },
}));
