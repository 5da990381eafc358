// Owns the row of a request: one that came is accepted or declined, one that I made is taken back.
import type { FriendRequest } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, Button, ListItem, makeStyles, space, toast } from '@/design';
import { wordsFor } from '@/lib/words';
import { friendActions, refreshFriends } from '../api';

type Decision = 'accept' | 'decline' | 'withdraw';

export function RequestRow({ request, own }: { request: FriendRequest; own?: boolean }) {
  const { t } = useTranslation('friends');
  const styles = useStyles();
  const decide = useMutation({
    mutationFn: async (decision: Decision) => {
      await friendActions[decision](request.id);
      await refreshFriends();
    },
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  const person = own ? request.to : request.from;
  const choice = (decision: Decision) => (
    <Button
      compact
      kind={decision === 'accept' ? 'primary' : 'secondary'}
      label={t(decision)}
      busy={decide.isPending && decide.variables === decision}
      disabled={decide.isPending}
      onPress={() => decide.mutate(decision)}
    />
  );
  return (
    <ListItem
      title={person.displayName}
      subtitle={`@${person.handle}`}
      leading={<Avatar id={person.id} name={person.displayName} uri={person.avatarUrl} />}
      trailing={
        <View style={styles.choices}>
          {own ? (
            choice('withdraw')
          ) : (
            <>
              {choice('decline')}
              {choice('accept')}
            </>
          )}
        </View>
      }
    />
  );
}

const useStyles = makeStyles(() => ({ choices: { flexDirection: 'row', gap: space.s } }));
