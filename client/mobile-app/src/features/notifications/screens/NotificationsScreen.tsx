// Owns the list of what happened while a person looked elsewhere.
import type { Notification } from '@aichatwar/shared';
import { type Href, useRouter } from 'expo-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  EmptyState,
  IconButton,
  makeStyles,
  Screen,
  SegmentedControl,
  SkeletonRows,
  space,
  useIsWide,
} from '@/design';
import { attempt } from '@/lib/attempt';
import { ActionMenu } from '@/shell/ActionMenu';
import { PageList } from '@/shell/PageList';
import { notificationActions, useNotifications, useUnreadNotifications } from '../api';
import { NotificationRow } from '../components/NotificationRow';
import { isKnown, targetOf } from '../model/notification';

export function NotificationsScreen() {
  const { t } = useTranslation(['notifications', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const wide = useIsWide();
  const [which, setWhich] = useState<'all' | 'unread'>('all');
  const list = useNotifications(which === 'unread');
  const unread = useUnreadNotifications();
  const [menu, setMenu] = useState<Notification | null>(null);
  const items = useMemo(
    () => (list.data?.pages.flatMap((page) => page.items) ?? []).filter(({ kind }) => isKnown(kind)),
    [list.data],
  );
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
      <PageList
        query={list}
        items={items}
        keyOf={({ id }) => id}
        draw={(item) => <NotificationRow item={item} onOpen={open} onMenu={setMenu} />}
        testID="notifications"
        header={
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
        skeleton={<SkeletonRows label={t('common:loading')} />}
        empty={
          which === 'unread' ? (
            <EmptyState icon="checkmark-done-outline" title={t('notifications:emptyUnread')} />
          ) : (
            <EmptyState
              icon="notifications-outline"
              title={t('notifications:empty')}
              body={t('notifications:emptyBody')}
            />
          )
        }
      />
      <ActionMenu
        item={menu}
        onClose={() => setMenu(null)}
        deeds={(item) => [
          ...(item.read
            ? []
            : [
                {
                  icon: 'checkmark' as const,
                  label: t('notifications:readOne'),
                  onPress: () => void attempt(() => notificationActions.read(item)),
                },
              ]),
          {
            icon: 'trash-outline',
            label: t('common:remove'),
            danger: true,
            onPress: () => void attempt(() => notificationActions.remove(item.id)),
          },
        ]}
      />
    </Screen>
  );
}

const useStyles = makeStyles(() => ({
  header: { padding: space.l, paddingTop: space.s },
}));
