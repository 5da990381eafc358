// Owns how friends are found: by name or handle, or among those whom one may know.
import type { User } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  Avatar,
  Badge,
  Button,
  EmptyState,
  Input,
  ListItem,
  Screen,
  ScrollBody,
  Section,
  toast,
} from '@/design';
import { wordsFor } from '@/lib/words';
import { Loaded } from '@/shell/Loaded';
import { useSession } from '@/state/session';
import {
  friendActions,
  PEOPLE_WORDS_MIN,
  refreshFriends,
  useFriends,
  useOutgoingRequests,
  usePeople,
  useSuggestions,
} from '../api';

export function FindFriendsScreen() {
  const { t } = useTranslation(['friends', 'common']);
  const me = useSession((state) => state.me?.id);
  const [words, setWords] = useState('');
  const searching = words.trim().length >= PEOPLE_WORDS_MIN;
  const people = usePeople(words);
  const suggestions = useSuggestions();
  return (
    <Screen narrow title={t('friends:add')} back={{ label: t('common:back'), fallback: '/friends' }}>
      <ScrollBody>
        <Input
          label={t('friends:find')}
          hideLabel
          placeholder={t('friends:find')}
          icon="search"
          autoFocus
          autoCapitalize="none"
          autoCorrect={false}
          value={words}
          onChangeText={setWords}
        />
        {searching ? (
          <Loaded
            query={{ ...people, data: people.data?.filter((user) => user.id !== me) }}
            rows={3}
            empty={<EmptyState icon="search" title={t('friends:noSuch')} />}
          >
            {(found) => (
              <Section>
                {found.map((user) => (
                  <PersonRow key={user.id} user={user} words={`@${user.handle}`} />
                ))}
              </Section>
            )}
          </Loaded>
        ) : suggestions.data?.length ? (
          <Section title={t('friends:suggestions')}>
            {suggestions.data.map(({ user, mutualFriends }) => (
              <PersonRow key={user.id} user={user} words={t('friends:mutual', { count: mutualFriends })} />
            ))}
          </Section>
        ) : (
          <EmptyState icon="people-outline" title={t('friends:findHint')} />
        )}
      </ScrollBody>
    </Screen>
  );
}

function PersonRow({ user, words }: { user: User; words: string }) {
  const { t } = useTranslation('friends');
  const isFriend = useFriends().data?.some((friend) => friend.user.id === user.id);
  const isAsked = useOutgoingRequests().data?.some((request) => request.to.id === user.id);
  const ask = useMutation({
    mutationFn: async () => {
      await friendActions.ask(user.id);
      await refreshFriends();
    },
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  return (
    <ListItem
      title={user.displayName}
      subtitle={words}
      leading={<Avatar id={user.id} name={user.displayName} uri={user.avatarUrl} />}
      trailing={
        isFriend || isAsked ? (
          <Badge label={t(isFriend ? 'isFriend' : 'asked')} tone={isFriend ? 'accent' : 'neutral'} />
        ) : (
          <Button
            compact
            icon="person-add-outline"
            label={t('ask')}
            spoken={t('askName', { name: user.displayName })}
            busy={ask.isPending}
            onPress={() => ask.mutate()}
          />
        )
      }
    />
  );
}
