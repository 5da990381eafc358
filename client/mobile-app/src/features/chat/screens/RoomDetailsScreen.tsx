// Owns what a room is: its name, its people and agents, when agents speak, and the way out.
import type { Room } from '@aichatwar/shared';
import { useLocalSearchParams, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Badge,
  Button,
  Confirm,
  Icon,
  IconButton,
  Input,
  ListItem,
  makeStyles,
  Screen,
  ScrollBody,
  Section,
  Sheet,
  space,
  Text,
} from '@/design';
import { DebateLink } from '@/features/debates/components/DebateLink';
import { attempt } from '@/lib/attempt';
import { queryClient } from '@/lib/query';
import { Loaded } from '@/shell/Loaded';
import { useSession } from '@/state/session';
import { chatActions, chatKeys, useRoom } from '../api';
import { Face } from '../components/Face';
import { type Pick, PeoplePicker } from '../components/PeoplePicker';
import { faceOf, mayManage } from '../model/rooms';
import { useOnline } from '@/state/online';

const POLICIES = ['mention', 'roundRobin', 'everyone', 'weighted', 'moderator', 'off'] as const;

export function RoomDetailsScreen() {
  const { t } = useTranslation(['chat', 'common']);
  const { roomId } = useLocalSearchParams<{ roomId: string }>();
  const room = useRoom(roomId);
  return (
    <Screen
      title={t('chat:details')}
      back={{ label: t('common:back'), fallback: { pathname: '/chats/[roomId]', params: { roomId } } }}
    >
      <Loaded query={room}>
        {(found) => (
          <ScrollBody>
            <Details room={found} />
          </ScrollBody>
        )}
      </Loaded>
    </Screen>
  );
}

function Details({ room }: { room: Room }) {
  const { t } = useTranslation(['chat', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const me = useSession((state) => state.me?.id ?? '');
  const face = faceOf(room, me);
  const online = useOnline((state) => state.people);
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const manage = mayManage(room);
  const group = room.kind === 'group';
  const change = (deed: () => Promise<unknown>) =>
    attempt(async () => {
      await deed();
      await queryClient.invalidateQueries({ queryKey: chatKeys.room(room.id) });
    });
  const add = (pick: Pick) => {
    setAdding(false);
    void change(() =>
      (pick.kind === 'person' ? chatActions.addMember : chatActions.addAgent)(room.id, pick.id),
    );
  };
  const leave = () => {
    setLeaving(false);
    void attempt(async () => {
      await chatActions.removeMember(room.id, me);
      router.dismissTo('/chats');
    });
  };
  return (
    <>
      <View style={styles.head}>
        <Face id={face.id} name={face.name} kind={face.kind} size={88} />
        <Text variant="title" role="heading" align="center">
          {face.name}
        </Text>
        <Text color="textMuted">
          {group ? t('chat:memberCount', { count: room.memberCount }) : t('chat:directChat')}
        </Text>
      </View>
      {manage ? (
        <Rename room={room} onSave={(title) => void change(() => chatActions.rename(room.id, title))} />
      ) : null}
      <Section title={t('chat:members')}>
        {room.members.map((member) => (
          <ListItem
            key={member.userId}
            title={member.userId === me ? `${member.displayName} (${t('chat:you')})` : member.displayName}
            subtitle={`@${member.handle}`}
            leading={<Face id={member.userId} name={member.displayName} online={online[member.userId]} />}
            trailing={
              <>
                {member.role !== 'member' ? (
                  <Badge label={t(`chat:role_${member.role}`)} tone="accent" />
                ) : null}
                {manage && member.userId !== me && member.role !== 'owner' ? (
                  <IconButton
                    icon="person-remove-outline"
                    iconSize={18}
                    label={t('chat:takeOut', { name: member.displayName })}
                    onPress={() => void change(() => chatActions.removeMember(room.id, member.userId))}
                  />
                ) : null}
              </>
            }
          />
        ))}
        {manage ? (
          <ListItem
            title={t('chat:add')}
            color="accent"
            leading={<Icon name="add-circle" color="accent" />}
            onPress={() => setAdding(true)}
          />
        ) : null}
      </Section>
      {room.agents.length > 0 ? (
        <Section title={t('chat:agents')}>
          {room.agents.map((seat) => (
            <ListItem
              key={seat.agentId}
              title={seat.name}
              subtitle={`@${seat.handle}`}
              leading={<Face id={seat.agentId} name={seat.name} kind="agent" />}
              trailing={
                manage ? (
                  <IconButton
                    icon="close-circle-outline"
                    iconSize={18}
                    label={t('chat:takeOut', { name: seat.name })}
                    onPress={() => void change(() => chatActions.removeAgent(room.id, seat.agentId))}
                  />
                ) : null
              }
            />
          ))}
        </Section>
      ) : null}
      {manage && room.agents.length > 0 ? (
        <Section title={t('chat:agentPolicy')} role="radiogroup">
          {POLICIES.map((policy) => (
            <ListItem
              key={policy}
              role="radio"
              title={t(`chat:policy_${policy}`)}
              subtitle={t(`chat:policyBody_${policy}`)}
              selected={room.agentPolicy === policy}
              trailing={room.agentPolicy === policy ? <Icon name="checkmark" color="accent" /> : null}
              onPress={() => void change(() => chatActions.setPolicy(room.id, policy))}
            />
          ))}
        </Section>
      ) : null}
      <DebateLink room={room} />
      {group ? (
        <Button
          label={t('chat:leave')}
          kind="secondary"
          icon="exit-outline"
          onPress={() => setLeaving(true)}
        />
      ) : null}
      <Sheet
        visible={adding}
        title={t('chat:add')}
        closeLabel={t('common:close')}
        onClose={() => setAdding(false)}
      >
        <View style={styles.sheet}>
          <PeoplePicker
            chosen={[]}
            without={
              new Set([
                ...room.members.map((member) => member.userId),
                ...room.agents.map((seat) => seat.agentId),
              ])
            }
            onToggle={add}
          />
        </View>
      </Sheet>
      <Confirm
        visible={leaving}
        title={t('chat:leaveTitle')}
        body={t('chat:leaveBody')}
        confirmLabel={t('chat:leave')}
        cancelLabel={t('common:cancel')}
        danger
        onCancel={() => setLeaving(false)}
        onConfirm={leave}
      />
    </>
  );
}

function Rename({ room, onSave }: { room: Room; onSave: (title: string) => void }) {
  const { t } = useTranslation(['chat', 'common']);
  const styles = useStyles();
  const [title, setTitle] = useState(room.title ?? '');
  const changed = title.trim() !== '' && title.trim() !== room.title;
  return (
    <View style={styles.rename}>
      <Input label={t('chat:groupName')} value={title} onChangeText={setTitle} maxLength={80} />
      {changed ? <Button label={t('common:save')} onPress={() => onSave(title.trim())} /> : null}
    </View>
  );
}

const useStyles = makeStyles(() => ({
  head: { alignItems: 'center', gap: space.s },
  rename: { gap: space.s },
  sheet: { padding: space.l },
}));
