// Owns the page of a debate: votes, speeches as they come, and how it ended.
import type { Debate } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useLocalSearchParams, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Badge, Button, Card, Confirm, makeStyles, Screen, ScrollBody, space, Text, toast } from '@/design';
import { usePerson } from '@/features/market/api';
import { wordsFor } from '@/lib/words';
import { Loaded } from '@/shell/Loaded';
import { myId } from '@/state/session';
import { debateActions, takeDebate, useDebate } from '../api';
import { Course } from '../components/Course';
import { Result } from '../components/Result';
import { Turns } from '../components/Turns';
import { Totals, VotePanel } from '../components/VotePanel';
import { openVoting, stepsFor, totalsFor } from '../model/debate';

export function DebateScreen() {
  const { t } = useTranslation(['debates', 'common']);
  const { debateId } = useLocalSearchParams<{ debateId: string }>();
  const debate = useDebate(debateId);
  return (
    <Screen title={t('debates:debate')} back={{ label: t('common:back'), fallback: '/debates' }}>
      <Loaded query={debate}>{(found) => <Page debate={found} />}</Loaded>
    </Screen>
  );
}

function Page({ debate }: { debate: Debate }) {
  const { t } = useTranslation('debates');
  const styles = useStyles();
  const router = useRouter();
  const owner = usePerson(debate.ownerId).data;
  const past = (['before', 'after'] as const).filter(
    (when) => openVoting(debate) !== when && totalsFor(debate, when),
  );
  return (
    <ScrollBody>
      <View style={styles.hero}>
        <View style={styles.badges}>
          {debate.badge ? <Badge label={debate.badge} tone="warning" /> : null}
          {debate.revealed ? null : <Badge label={t('anonymous')} tone="accent" />}
        </View>
        <Text variant="display" role="heading" selectable>
          {debate.motion}
        </Text>
        <Text color="textMuted">{owner ? t('begunBy', { name: owner.displayName }) : ' '}</Text>
        <Course phase={debate.phase} />
      </View>
      {debate.cancelled ? (
        <Card>
          <Text color="danger">{t(`cancelled_${debate.cancelled}`)}</Text>
        </Card>
      ) : null}
      <Steps debate={debate} />
      <Result debate={debate} />
      <VotePanel debate={debate} />
      <Turns debate={debate} />
      {past.map((when) => {
        const totals = totalsFor(debate, when);
        return totals ? (
          <Totals
            key={when}
            debate={debate}
            totals={totals}
            title={t(when === 'before' ? 'votesBefore' : 'votesAfter')}
          />
        ) : null;
      })}
      <Button
        kind="ghost"
        icon="chatbubbles-outline"
        label={t('toRoom')}
        onPress={() => router.navigate({ pathname: '/chats/[roomId]', params: { roomId: debate.roomId } })}
      />
    </ScrollBody>
  );
}

/** What who began it may do now. */
function Steps({ debate }: { debate: Debate }) {
  const { t } = useTranslation(['debates', 'common']);
  const styles = useStyles();
  const [asking, setAsking] = useState(false);
  const steps = stepsFor(debate, myId());
  const go = useMutation({
    mutationFn: (step: 'start' | 'close' | 'cancel') => debateActions[step](debate.id),
    onSuccess: (next) => {
      setAsking(false);
      takeDebate(next);
    },
    onError: (failure) => {
      setAsking(false);
      toast(wordsFor(failure), 'danger');
    },
  });
  if (steps.length === 0) return null;
  return (
    <View style={styles.steps}>
      {steps.map((step) => (
        <Button
          key={step}
          testID={`debate-${step}`}
          kind={step === 'cancel' ? 'ghost' : 'primary'}
          icon={step === 'start' ? 'play' : step === 'close' ? 'checkmark-done' : 'close'}
          label={t(`debates:step_${step}`)}
          busy={go.isPending && go.variables === step}
          onPress={() => (step === 'cancel' ? setAsking(true) : go.mutate(step))}
        />
      ))}
      <Confirm
        visible={asking}
        title={t('debates:step_cancel')}
        body={t('debates:cancelBody')}
        confirmLabel={t('debates:step_cancel')}
        cancelLabel={t('common:back')}
        danger
        busy={go.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() => go.mutate('cancel')}
      />
    </View>
  );
}

const useStyles = makeStyles(() => ({
  hero: { gap: space.m },
  badges: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
  steps: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
}));
