// Owns the choice of people and agents: friends and agents at hand, everybody by search.
import type { User } from '@aichatwar/shared';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, Icon, Input, ListItem, makeStyles, Section, SkeletonRows, space, Text } from '@/design';
import { PEOPLE_WORDS_MIN, useFriends, usePeople } from '@/features/friends/api';
import { wordsFor } from '@/lib/words';
import { useAgents } from '../api';
import { useOnline } from '@/state/online';

export interface Pick {
  id: string;
  name: string;
  handle: string;
  kind: 'person' | 'agent';
}

export interface PeoplePickerProps {
  chosen: readonly Pick[];
  /** Are there already. */
  without: ReadonlySet<string>;
  onToggle: (pick: Pick) => void;
}

export function PeoplePicker({ chosen, without, onToggle }: PeoplePickerProps) {
  const { t } = useTranslation(['chat', 'common']);
  const styles = useStyles();
  const [words, setWords] = useState('');
  const needle = words.trim().toLowerCase();
  const friends = useFriends();
  const agents = useAgents();
  const people = usePeople(words);
  const online = useOnline((state) => state.people);
  const fits = (pick: Pick) =>
    !without.has(pick.id) && (pick.name.toLowerCase().includes(needle) || pick.handle.includes(needle));
  const agentPicks = (agents.data ?? [])
    .filter((agent) => agent.enabled)
    .map((agent): Pick => ({ id: agent.id, name: agent.name, handle: agent.handle, kind: 'agent' }))
    .filter(fits);
  const friendPicks = (friends.data ?? []).map(({ user }) => personPick(user)).filter(fits);
  const known = new Set(friendPicks.map((pick) => pick.id));
  const others = (people.data ?? [])
    .map(personPick)
    .filter((pick) => !without.has(pick.id) && !known.has(pick.id));
  const failure = friends.error ?? agents.error ?? people.error;

  const row = (pick: Pick) => {
    const on = chosen.some((other) => other.id === pick.id);
    return (
      <ListItem
        key={pick.id}
        role="checkbox"
        title={pick.name}
        subtitle={`@${pick.handle}`}
        selected={on}
        leading={<Avatar id={pick.id} name={pick.name} kind={pick.kind} online={online[pick.id]} />}
        trailing={
          <Icon name={on ? 'checkmark-circle' : 'ellipse-outline'} color={on ? 'accent' : 'borderStrong'} />
        }
        onPress={() => onToggle(pick)}
      />
    );
  };

  return (
    <View style={styles.picker}>
      <Input
        label={t('chat:findPeople')}
        hideLabel
        placeholder={t('chat:findPeople')}
        icon="search"
        value={words}
        onChangeText={setWords}
        autoCapitalize="none"
      />
      {friends.isPending || agents.isPending ? <SkeletonRows rows={5} label={t('common:loading')} /> : null}
      {failure ? (
        <Text color="danger" role="alert">
          {wordsFor(failure)}
        </Text>
      ) : null}
      {friendPicks.length > 0 ? <Section title={t('common:friends')}>{friendPicks.map(row)}</Section> : null}
      {agentPicks.length > 0 ? <Section title={t('chat:agents')}>{agentPicks.map(row)}</Section> : null}
      {others.length > 0 ? <Section title={t('chat:otherPeople')}>{others.map(row)}</Section> : null}
      {needle.length >= PEOPLE_WORDS_MIN &&
      !people.isFetching &&
      friendPicks.length + agentPicks.length + others.length === 0 ? (
        <Text color="textMuted" align="center">
          {t('chat:nothingFound')}
        </Text>
      ) : null}
    </View>
  );
}

const personPick = (user: User): Pick => ({
  id: user.id,
  name: user.displayName,
  handle: user.handle,
  kind: 'person',
});

const useStyles = makeStyles(() => ({ picker: { gap: space.l } }));
