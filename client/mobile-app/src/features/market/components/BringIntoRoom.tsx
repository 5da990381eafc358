// Owns the way of an agent into a room: one of mine that I manage, or a new one.
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, Button, Icon, ListItem, makeStyles, Section, Sheet, space, Text, toast } from '@/design';
import { chatActions, chatKeys, useRooms } from '@/features/chat/api';
import { faceOf, mayManage } from '@/features/chat/model/rooms';
import { queryClient } from '@/lib/query';
import { wordsFor } from '@/lib/words';
import { myId } from '@/state/session';

export interface BringIntoRoomProps {
  agentId: string;
  name: string;
  kind?: 'primary' | 'secondary';
  compact?: boolean;
}

export function BringIntoRoom({ agentId, name, kind = 'primary', compact }: BringIntoRoomProps) {
  const { t } = useTranslation(['market', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const rooms = (useRooms().data ?? []).filter(mayManage);
  const bring = useMutation({
    mutationFn: async (roomId: string | null) => {
      const room = roomId
        ? await chatActions.addAgent(roomId, agentId).then(() => ({ id: roomId }))
        : await chatActions.createRoom({ kind: 'group', title: name, agentIds: [agentId] });
      await queryClient.invalidateQueries({ queryKey: chatKeys.room(room.id) });
      await queryClient.invalidateQueries({ queryKey: chatKeys.rooms });
      return room.id;
    },
    onSuccess: (roomId) => {
      setOpen(false);
      router.navigate({ pathname: '/chats/[roomId]', params: { roomId } });
    },
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  return (
    <>
      <Button
        label={t('market:bring')}
        icon="enter-outline"
        kind={kind}
        compact={compact}
        testID="bring"
        onPress={() => setOpen(true)}
      />
      <Sheet
        visible={open}
        title={t('market:bringWhere', { name })}
        closeLabel={t('common:close')}
        onClose={() => setOpen(false)}
      >
        <View style={styles.body}>
          <Section>
            <ListItem
              title={t('market:newRoom')}
              subtitle={t('market:newRoomBody')}
              leading={
                <View style={styles.disc}>
                  <Icon name="add" color="accent" />
                </View>
              }
              onPress={() => bring.mutate(null)}
            />
          </Section>
          {rooms.length > 0 ? (
            <Section title={t('market:yourRooms')}>
              {rooms.map((room) => {
                const face = faceOf(room, myId());
                const there = room.agents.some((seat) => seat.agentId === agentId);
                return (
                  <ListItem
                    key={room.id}
                    title={face.name}
                    subtitle={
                      there ? t('market:isThere') : t('market:agentsThere', { count: room.agents.length })
                    }
                    leading={<Avatar id={face.id} name={face.name} kind={face.kind} />}
                    trailing={there ? <Icon name="checkmark" color="agent" /> : null}
                    onPress={() =>
                      there
                        ? router.navigate({ pathname: '/chats/[roomId]', params: { roomId: room.id } })
                        : bring.mutate(room.id)
                    }
                  />
                );
              })}
            </Section>
          ) : null}
          <Text variant="caption" color="textFaint" align="center">
            {bring.isPending ? t('common:loading') : t('market:bringHint')}
          </Text>
        </View>
      </Sheet>
    </>
  );
}

const useStyles = makeStyles((colors) => ({
  body: { paddingHorizontal: space.l, paddingBottom: space.m, gap: space.l },
  disc: {
    width: 40,
    height: 40,
    borderRadius: 20,
    alignItems: 'center',
    justifyContent: 'center',
    backgroundColor: colors.accentSoft,
  },
}));
