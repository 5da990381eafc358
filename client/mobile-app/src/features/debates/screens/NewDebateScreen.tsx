// Owns the beginning of a debate: in which room, about what, with whom, and how long.
import { useMutation } from '@tanstack/react-query';
import { useLocalSearchParams, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Avatar,
  Button,
  Chip,
  EmptyState,
  Icon,
  Input,
  ListItem,
  makeStyles,
  Screen,
  ScrollBody,
  Section,
  SegmentedControl,
  space,
  Text,
} from '@/design';
import { useAgents } from '@/features/chat/api';
import { faceOf } from '@/features/chat/model/rooms';
import { wordsFor } from '@/lib/words';
import { Loaded } from '@/shell/Loaded';
import { myId } from '@/state/session';
import { debateActions, takeDebate, useArenas } from '../api';

const MOST = 4;

export function NewDebateScreen() {
  const { t } = useTranslation(['debates', 'common']);
  const router = useRouter();
  const { rooms, isPending } = useArenas();
  return (
    <Screen title={t('debates:newDebate')} back={{ label: t('common:back'), fallback: '/debates' }}>
      <Loaded
        query={{ data: isPending ? undefined : rooms, error: null, refetch: () => undefined }}
        empty={
          <EmptyState
            icon="people-outline"
            title={t('debates:noArena')}
            body={t('debates:noArenaBody')}
            action={<Button label={t('debates:toChats')} onPress={() => router.navigate('/chats/new')} />}
          />
        }
      >
        {(all) => <Form rooms={all} />}
      </Loaded>
    </Screen>
  );
}

function Form({ rooms }: { rooms: ReturnType<typeof useArenas>['rooms'] }) {
  const { t } = useTranslation('debates');
  const styles = useStyles();
  const router = useRouter();
  const { roomId: asked } = useLocalSearchParams<{ roomId?: string }>();
  const [roomId, setRoomId] = useState(asked ?? rooms[0]?.id ?? '');
  const [motion, setMotion] = useState('');
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  const [rounds, setRounds] = useState<'1' | '2' | '3'>('1');
  const room = rooms.find((one) => one.id === roomId);
  // Whose messages have a price does not debate.
  const priced = new Set((useAgents().data ?? []).filter((agent) => agent.messagePrice).map(({ id }) => id));
  const seats = (room?.agents ?? []).filter((seat) => !priced.has(seat.agentId));
  const all = seats.map((seat) => seat.agentId);
  // Where there are just two, it is those.
  const agentIds = chosen ? all.filter((id) => chosen.includes(id)) : all.length === 2 ? all : [];
  const begin = useMutation({
    mutationFn: () =>
      debateActions.begin({ roomId, motion: motion.trim(), agentIds, rounds: Number(rounds) }),
    onSuccess: (debate) => {
      takeDebate(debate);
      router.replace({ pathname: '/debates/[debateId]', params: { debateId: debate.id } });
    },
  });
  const toggle = (id: string) =>
    setChosen(agentIds.includes(id) ? agentIds.filter((one) => one !== id) : [...agentIds, id]);
  return (
    <ScrollBody>
      <View style={styles.group}>
        <Input
          label={t('motion')}
          hint={t('motionHint')}
          value={motion}
          onChangeText={setMotion}
          multiline
          maxLength={300}
          testID="motion"
        />
        <View style={styles.chips}>
          {[t('motion1'), t('motion2'), t('motion3')].map((one) => (
            <Chip key={one} label={one} on={motion === one} onPress={() => setMotion(one)} />
          ))}
        </View>
      </View>
      <Section title={t('inRoom')} role="radiogroup">
        {rooms.map((one) => {
          const face = faceOf(one, myId());
          const on = one.id === roomId;
          return (
            <ListItem
              key={one.id}
              role="radio"
              title={face.name}
              subtitle={t('agentCount', { count: one.agents.length })}
              selected={on}
              leading={<Avatar id={face.id} name={face.name} kind="group" />}
              trailing={
                <Icon
                  name={on ? 'radio-button-on' : 'radio-button-off'}
                  color={on ? 'accent' : 'borderStrong'}
                />
              }
              onPress={() => setRoomId(one.id)}
            />
          );
        })}
      </Section>
      <Section title={t('debaters')}>
        {seats.map((seat) => {
          const on = agentIds.includes(seat.agentId);
          return (
            <ListItem
              key={seat.agentId}
              role="checkbox"
              testID={`debater-${seat.handle}`}
              title={seat.name}
              subtitle={`@${seat.handle}`}
              selected={on}
              leading={<Avatar id={seat.agentId} name={seat.name} kind="agent" />}
              trailing={
                <Icon
                  name={on ? 'checkmark-circle' : 'ellipse-outline'}
                  color={on ? 'accent' : 'borderStrong'}
                />
              }
              onPress={() => (on || agentIds.length < MOST) && toggle(seat.agentId)}
            />
          );
        })}
      </Section>
      <Text variant="caption" color="textFaint">
        {t('drawn')}
      </Text>
      <View style={styles.group}>
        <Text variant="label" color="textMuted">
          {t('rounds')}
        </Text>
        <SegmentedControl
          label={t('rounds')}
          segments={(['1', '2', '3'] as const).map((value) => ({ value, label: value }))}
          value={rounds}
          onChange={setRounds}
        />
      </View>
      {begin.error ? (
        <Text color="danger" role="alert">
          {wordsFor(begin.error)}
        </Text>
      ) : null}
      <Button
        testID="begin-debate"
        icon="mic"
        label={t('begin')}
        disabled={motion.trim() === '' || agentIds.length < 2}
        busy={begin.isPending}
        onPress={() => begin.mutate()}
      />
    </ScrollBody>
  );
}

const useStyles = makeStyles(() => ({
  group: { gap: space.s },
  chips: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
}));
