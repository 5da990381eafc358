// Owns what notifications ask of the server and where the answers are kept.
import {
  bodyOf,
  type NewDevice,
  type Notification,
  type NotificationPage,
  type NotificationPreferences,
  type NotificationWishes,
} from '@aichatwar/shared';
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { queryClient, trimWhenKept } from '@/lib/query';

export const notificationKeys = {
  lists: ['notifications'] as const,
  list: (unread: boolean) => ['notifications', unread ? 'unread' : 'all'] as const,
  unread: ['notificationsUnread'] as const,
  preferences: ['notificationPreferences'] as const,
};

type Pages = InfiniteData<NotificationPage, string | undefined>;
const PAGE = 30;

trimWhenKept<Pages>('notifications', ({ pages, pageParams }) => ({
  pages: pages.slice(0, 1),
  pageParams: pageParams.slice(0, 1),
}));

export function useNotifications(unread: boolean) {
  return useInfiniteQuery({
    queryKey: notificationKeys.list(unread),
    queryFn: async ({ pageParam }) => {
      const page = await bodyOf(
        api.GET('/api/notifications', { params: { query: { unread, limit: PAGE, cursor: pageParam } } }),
      );
      setUnread(page.unread);
      return page;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    meta: { keep: true },
  });
}

/** For the badge; the socket keeps it. */
export function useUnreadNotifications(): number {
  const unread = useQuery({
    queryKey: notificationKeys.unread,
    queryFn: async () => (await bodyOf(api.GET('/api/notifications/unread'))).unread,
    meta: { keep: true },
  });
  return unread.data ?? 0;
}

export const setUnread = (unread: number): void => {
  queryClient.setQueryData(notificationKeys.unread, unread);
};

export function useNotificationPreferences() {
  return useQuery({
    queryKey: notificationKeys.preferences,
    queryFn: () => bodyOf(api.GET('/api/notifications/preferences')),
  });
}

/** Changes what the lists hold; null takes an item away. */
export function changeItems(change: (item: Notification) => Notification | null): void {
  queryClient.setQueriesData<Pages>({ queryKey: notificationKeys.lists }, (held) =>
    held
      ? {
          ...held,
          pages: held.pages.map((page) => ({
            ...page,
            items: page.items.flatMap((item) => change(item) ?? []),
          })),
        }
      : held,
  );
}

/** Puts an item that is new or has grown in front. */
export function takeItem(item: Notification): void {
  queryClient.setQueriesData<Pages>({ queryKey: notificationKeys.lists }, (held) => {
    const [first, ...rest] = held?.pages ?? [];
    if (!held || !first) return held;
    const without = (page: NotificationPage) => ({
      ...page,
      items: page.items.filter(({ id }) => id !== item.id),
    });
    const front = without(first);
    return { ...held, pages: [{ ...front, items: [item, ...front.items] }, ...rest.map(without)] };
  });
}

const readWith = async (body: { ids: string[] } | { all: true }): Promise<void> => {
  try {
    const { unread } = await bodyOf(api.PUT('/api/notifications/read', { body }));
    setUnread(unread);
  } catch (failure) {
    // They look read already.
    void queryClient.invalidateQueries({ queryKey: notificationKeys.lists });
    throw failure;
  }
};

export const notificationActions = {
  async read(item: Notification): Promise<void> {
    if (item.read) return;
    changeItems((held) => (held.id === item.id ? { ...held, read: true } : held));
    await readWith({ ids: [item.id] });
  },
  async readAll(): Promise<void> {
    changeItems((held) => (held.read ? held : { ...held, read: true }));
    await readWith({ all: true });
  },
  async remove(id: string): Promise<void> {
    await api.DELETE('/api/notifications/{id}', { params: { path: { id } } });
    changeItems((held) => (held.id === id ? null : held));
    await queryClient.invalidateQueries({ queryKey: notificationKeys.unread });
  },
  async save(wishes: NotificationWishes): Promise<void> {
    const kept = await bodyOf(api.PUT('/api/notifications/preferences', { body: wishes }));
    queryClient.setQueryData<NotificationPreferences>(notificationKeys.preferences, kept);
  },
};

/** The ways by which this session's device is reached. */
export const deviceActions = {
  vapidKey: async (): Promise<string> => (await bodyOf(api.GET('/api/notifications/vapid'))).publicKey,
  register: (device: NewDevice) => bodyOf(api.POST('/api/notifications/devices', { body: device })),
  async current(): Promise<string | null> {
    const { items } = await bodyOf(api.GET('/api/notifications/devices'));
    return items.find((device) => device.current)?.id ?? null;
  },
  remove: (id: string) => api.DELETE('/api/notifications/devices/{id}', { params: { path: { id } } }),
};
