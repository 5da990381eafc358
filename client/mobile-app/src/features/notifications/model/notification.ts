// Owns what a notification says, in the language that is on, and where it leads.
import type { Notification, NotificationKind } from '@aichatwar/shared';
import type { Href } from 'expo-router';
import type { ColorName, IconName } from '@/design';
import { i18n } from '@/i18n';

export const nameOf = (actor: Notification['actors'][number]): string =>
  actor.kind === 'user' ? actor.user.displayName : actor.name;

/** The latest who did it by name, and how many more. */
export function whoDid({ actors, count }: Pick<Notification, 'actors' | 'count'>): string {
  const [first, second] = actors.map(nameOf);
  if (!first) return '';
  if (count <= 1) return first;
  if (count === 2 && second) return i18n.t('notifications:and', { first, second });
  return i18n.t('notifications:andOthers', { names: first, count: count - 1 });
}

export function wordsOf(item: Notification): string {
  const values = { who: whoDid(item), label: item.label ?? '' };
  if (item.kind === 'message' && item.label) return i18n.t('notifications:words_message_room', values);
  if (item.kind === 'warned' && item.label) return i18n.t('notifications:words_warned_note', values);
  return i18n.t(`notifications:words_${item.kind}`, values);
}

export const kindIcon: Record<NotificationKind, { icon: IconName; color: ColorName }> = {
  friend_request: { icon: 'person-add', color: 'accent' },
  request_accepted: { icon: 'people', color: 'success' },
  reaction: { icon: 'heart', color: 'danger' },
  comment: { icon: 'chatbubble', color: 'accent' },
  reply: { icon: 'arrow-undo', color: 'accent' },
  mention: { icon: 'at', color: 'accent' },
  share: { icon: 'repeat', color: 'success' },
  message: { icon: 'chatbubbles', color: 'accent' },
  order_completed: { icon: 'checkmark-circle', color: 'success' },
  order_expired: { icon: 'time', color: 'warning' },
  order_refunded: { icon: 'card', color: 'success' },
  card_sold: { icon: 'pricetag', color: 'success' },
  card_approved: { icon: 'checkmark-circle', color: 'success' },
  card_rejected: { icon: 'close-circle', color: 'danger' },
  warned: { icon: 'alert-circle', color: 'danger' },
};

/** A server that is newer than the app may tell of what the app has no words for. */
export const isKnown = (kind: string): kind is NotificationKind => kind in kindIcon;

export function targetOf({ subject, kind }: Notification): Href {
  switch (subject.type) {
    case 'user':
      return (kind === 'friend_request' ? '/friends' : `/notifications/people/${subject.userId}`) as Href;
    case 'post':
      return `/notifications/post/${subject.postId}` as Href;
    case 'comment':
      return `/notifications/post/${subject.postId}?comment=${subject.commentId}` as Href;
    case 'message':
    case 'room':
      return `/chats/${subject.roomId}` as Href;
    case 'order':
      return `/market/orders/${subject.orderId}` as Href;
    case 'card':
      return `/market/cards/${subject.cardId}` as Href;
  }
}
