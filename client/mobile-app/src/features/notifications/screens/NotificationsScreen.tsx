// Owns the list of what happened while a person looked elsewhere.
import type { Notification } from '@aichatwar/shared';
import { type Href, useRouter } from 'expo-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActivityIndicator, FlatList, RefreshControl, View } from 'react-native';
import {
  EmptyState,
  ErrorState,
  IconButton,
  makeStyles,
  Menu,
  Screen,
  SegmentedControl,
  Sheet,
  size,
  SkeletonRows,
  space,
  useIsWide,
  useTheme,
} from '@/design';
import { attempt } from '@/lib/attempt';
import { wordsFor } from '@/lib/words';
import { notificationActions, useNotifications, useUnreadNotifications } from '../api';
import { NotificationRow } from '../components/NotificationRow';
import { targetOf } from '../model/notification';

export function NotificationsScreen() {
  const { t } = useTranslation(['notifications', 'common']);
  const { colors } = useTheme();
  const styles = useStyles();
  const router = useRouter();
  const wide = useIsWide();
  const [which, setWhich] = useState<'all' | 'unread'>('all');
  const list = useNotifications(which === 'unread');
  const unread = useUnreadNotifications();
  const [menu, setMenu] = useState<Notification | null>(null);
  const [pulled, setPulled] = useState(false);
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const open = useCallback(
    (item: Notification) => {
      void attempt(() => notificationActions.read(item));
      router.push(targetOf(item));
    },
    [router],
  );
  return (
    <Screen
      narrow
      large={wide}
      back={wide ? undefined : { label: t('common:back'), fallback: '/chats' }}
      title={t('common:notifications')}
      actions={
        <>
          <IconButton
            icon="checkmark-done"
            label={t('notifications:markAll')}
            disabled={unread === 0}
            onPress={() => void attempt(notificationActions.readAll)}
            testID="mark-all"
          />
          <IconButton
            icon="options-outline"
            label={t('notifications:preferences')}
            onPress={() => router.push('/notifications/preferences' as Href)}
          />
        </>
      }
    >
      <FlatList
        data={items}
        keyExtractor={({ id }) => id}
        renderItem={({ item }) => <NotificationRow item={item} onOpen={open} onMenu={setMenu} />}
        contentContainerStyle={styles.content}
        onEndReached={() => {
          if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
        }}
        refreshControl={
          <RefreshControl
            refreshing={pulled}
            tintColor={colors.accent}
            onRefresh={() => {
              setPulled(true);
              void list.refetch().finally(() => setPulled(false));
            }}
          />
        }
        testID="notifications"
        ListHeaderComponent={
          <View style={styles.header}>
            <SegmentedControl
              label={t('notifications:show')}
              segments={[
                { value: 'all', label: t('notifications:all') },
                { value: 'unread', label: t('notifications:unreadOnly') },
              ]}
              value={which}
              onChange={setWhich}
            />
          </View>
        }
        ListEmptyComponent={
          list.isPending ? (
            <SkeletonRows label={t('common:loading')} />
          ) : list.isError ? (
            <ErrorState
              title={t('common:somethingWrong')}
              body={wordsFor(list.error)}
              retry={{ label: t('common:retry'), onPress: () => void list.refetch() }}
            />
          ) : which === 'unread' ? (
            <EmptyState icon="checkmark-done-outline" title={t('notifications:emptyUnread')} />
          ) : (
            <EmptyState
              icon="notifications-outline"
              title={t('notifications:empty')}
              body={t('notifications:emptyBody')}
            />
          )
        }
        ListFooterComponent={
          list.isFetchingNextPage ? <ActivityIndicator style={styles.more} color={colors.textFaint} /> : null
        }
      />
      <Sheet visible={menu !== null} closeLabel={t('common:close')} onClose={() => setMenu(null)}>
        <Menu
          onDone={() => setMenu(null)}
          actions={
            menu
              ? [
                  ...(menu.read
                    ? []
                    : [
                        {
                          icon: 'checkmark' as const,
                          label: t('notifications:readOne'),
                          onPress: () => void attempt(() => notificationActions.read(menu)),
                        },
                      ]),
                  {
                    icon: 'trash-outline' as const,
                    label: t('common:remove'),
                    danger: true,
                    onPress: () => void attempt(() => notificationActions.remove(menu.id)),
                  },
                ]
              : []
          }
        />
      </Sheet>
    </Screen>
  );
}

const useStyles = makeStyles(() => ({
  content: { width: '100%', maxWidth: size.content, alignSelf: 'center', flexGrow: 1 },
  header: { padding: space.l, paddingTop: space.s },
  more: { padding: space.l },
}));
