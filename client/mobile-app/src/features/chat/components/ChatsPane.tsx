// Owns the list of rooms, with its search: a screen on a phone, the left pane where there is room.
import type { Room } from '@aichatwar/shared';
import { FlashList } from '@shopify/flash-list';
import { useGlobalSearchParams, useRouter } from 'expo-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RefreshControl, View } from 'react-native';
import { Button, EmptyState, IconButton, Input, Screen, space, makeStyles } from '@/design';
import { Bell } from '@/features/notifications/components/Bell';
import { Loaded } from '@/shell/Loaded';
import { useSession } from '@/state/session';
import { useMessageSearch, useRooms } from '../api';
import { matching } from '../model/rooms';
import { useOpenRoom } from '../useOpenRoom';
import { FoundMessages } from './FoundMessages';
import { RoomListItem } from './RoomListItem';

export function ChatsPane() {
  const { t } = useTranslation(['chat', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const me = useSession((state) => state.me?.id ?? '');
  const { roomId } = useGlobalSearchParams<{ roomId?: string }>();
  const [words, setWords] = useState('');
  const rooms = useRooms();
  const found = useMessageSearch(words);
  const shown = useMemo(() => matching(rooms.data ?? [], words, me), [rooms.data, words, me]);
  const openRoom = useOpenRoom();
  const open = useCallback(
    (id: string, jump?: string) => {
      setWords('');
      openRoom(id, jump);
    },
    [openRoom],
  );
  const draw = useCallback(
    ({ item }: { item: Room }) => (
      <RoomListItem room={item} me={me} selected={item.id === roomId} onPress={open} />
    ),
    [me, open, roomId],
  );
  const start = () => router.push('/chats/new');

  return (
    <Screen
      title={t('common:chats')}
      large
      actions={
        <>
          <Bell />
          <IconButton icon="create-outline" label={t('chat:newChat')} onPress={start} testID="new-chat" />
        </>
      }
    >
      <View style={styles.search}>
        <Input
          label={t('chat:searchChats')}
          hideLabel
          placeholder={t('common:search')}
          icon="search"
          value={words}
          onChangeText={setWords}
          autoCapitalize="none"
          autoCorrect={false}
          trailing={
            words ? (
              <IconButton
                icon="close-circle"
                label={t('chat:clearSearch')}
                iconSize={18}
                onPress={() => setWords('')}
              />
            ) : null
          }
        />
      </View>
      <Loaded
        query={rooms}
        rows={8}
        empty={
          <EmptyState
            icon="chatbubbles-outline"
            title={t('chat:noChats')}
            body={t('chat:noChatsBody')}
            action={<Button label={t('chat:newChat')} icon="add" onPress={start} />}
          />
        }
      >
        {() => (
          <FlashList
            data={shown}
            keyExtractor={(room) => room.id}
            renderItem={draw}
            extraData={roomId}
            contentContainerStyle={styles.list}
            keyboardShouldPersistTaps="handled"
            refreshControl={<RefreshControl refreshing={false} onRefresh={() => void rooms.refetch()} />}
            ListFooterComponent={
              words.trim().length >= 2 ? (
                <FoundMessages result={found} onOpen={(message) => open(message.roomId, message.id)} />
              ) : null
            }
          />
        )}
      </Loaded>
    </Screen>
  );
}

const useStyles = makeStyles(() => ({
  search: { paddingHorizontal: space.l, paddingBottom: space.s },
  list: { paddingBottom: space.l },
}));
