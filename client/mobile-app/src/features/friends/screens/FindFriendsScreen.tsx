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
  ErrorState,
  Input,
  ListItem,
  Screen,
  ScrollBody,
  Section,
  SkeletonRows,
  toast,
} from '@/design';
import { wordsFor } from '@/lib/words';
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
  const found = (people.data ?? []).filter((user) => user.id !== me);
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
          people.isPending ? (
            <SkeletonRows rows={3} label={t('common:loading')} />
          ) : people.isError ? (
            <ErrorState
              title={t('common:somethingWrong')}
              body={wordsFor(people.error)}
              retry={{ label: t('common:retry'), onPress: () => void people.refetch() }}
            />
          ) : found.length === 0 ? (
            <EmptyState icon="search" title={t('friends:noSuch')} />
          ) : (
            <Section>
              {found.map((user) => (
                <PersonRow key={user.id} user={user} words={`@${user.handle}`} />
              ))}
            </Section>
          )
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
