// Owns how a room is opened: with one other it is a direct one, with more a group that has a name.
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Avatar,
  Button,
  Icon,
  Input,
  makeStyles,
  radius,
  Screen,
  ScrollBody,
  space,
  Text,
  Touchable,
  useIsWide,
} from '@/design';
import { queryClient } from '@/lib/query';
import { wordsFor } from '@/lib/words';
import { useSession } from '@/state/session';
import { chatActions, chatKeys } from '../api';
import { type Pick, PeoplePicker } from '../components/PeoplePicker';

export function NewRoomScreen() {
  const { t } = useTranslation(['chat', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const wide = useIsWide();
  const me = useSession((state) => state.me?.id ?? '');
  const [chosen, setChosen] = useState<Pick[]>([]);
  const [title, setTitle] = useState('');
  const direct = chosen.length === 1;
  const open = useMutation({
    mutationFn: () => {
      const ids = (kind: Pick['kind']) => chosen.filter((pick) => pick.kind === kind).map((pick) => pick.id);
      return chatActions.createRoom({
        kind: direct ? 'direct' : 'group',
        ...(direct ? {} : { title: title.trim() }),
        memberIds: ids('person'),
        agentIds: ids('agent'),
      });
    },
    onSuccess: (room) => {
      queryClient.setQueryData(chatKeys.room(room.id), room);
      void queryClient.invalidateQueries({ queryKey: chatKeys.rooms });
      const href = { pathname: '/chats/[roomId]', params: { roomId: room.id } } as const;
      if (wide) router.dismissTo(href);
      else router.replace(href);
    },
  });
  const toggle = (pick: Pick) =>
    setChosen((before) =>
      before.some((other) => other.id === pick.id)
        ? before.filter((other) => other.id !== pick.id)
        : [...before, pick],
    );
  return (
    <Screen title={t('chat:newChat')} back={{ label: t('common:back'), fallback: '/chats' }}>
      <ScrollBody>
        {chosen.length > 0 ? (
          <View style={styles.chosen}>
            {chosen.map((pick) => (
              <Touchable
                key={pick.id}
                label={t('chat:takeOut', { name: pick.name })}
                onPress={() => toggle(pick)}
                style={styles.chip}
              >
                <Avatar id={pick.id} name={pick.name} kind={pick.kind} size={24} />
                <Text variant="label">{pick.name}</Text>
                <Icon name="close" size={14} color="textFaint" />
              </Touchable>
            ))}
          </View>
        ) : null}
        {chosen.length > 1 ? (
          <Input
            label={t('chat:groupName')}
            value={title}
            onChangeText={setTitle}
            maxLength={80}
            placeholder={t('chat:groupNameHint')}
          />
        ) : null}
        <PeoplePicker chosen={chosen} without={new Set([me])} onToggle={toggle} />
      </ScrollBody>
      {chosen.length > 0 ? (
        <View style={styles.foot}>
          {open.isError ? (
            <Text variant="label" color="danger" role="alert">
              {wordsFor(open.error)}
            </Text>
          ) : null}
          <Button
            wide
            label={t(direct ? 'chat:openChat' : 'chat:createGroup')}
            busy={open.isPending}
            disabled={!direct && title.trim() === ''}
            onPress={() => open.mutate()}
          />
        </View>
      ) : null}
    </Screen>
  );
}

const useStyles = makeStyles((colors) => ({
  chosen: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
  chip: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.xs + 2,
    padding: space.xs,
    paddingRight: space.m,
    borderRadius: radius.full,
    backgroundColor: colors.raised,
  },
  foot: {
    width: '100%',
    maxWidth: 720,
    alignSelf: 'center',
    padding: space.l,
    gap: space.s,
    borderTopWidth: 1,
    borderTopColor: colors.border,
  },
}));
