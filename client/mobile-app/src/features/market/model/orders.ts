// Owns what an order's state means to who bought. Pure.
import type { Order, OrderStatus } from '@aichatwar/shared';

const DAY_MS = 24 * 3_600_000;
/** As the server has it by default; it decides by itself. */
export const REFUND_DAYS = 14;

const MOVING: ReadonlySet<OrderStatus> = new Set(['reserving', 'paying', 'expiring', 'paid', 'refunding']);

/** Whether it goes on by itself within moments. */
export const isMoving = ({ status, refund }: Pick<Order, 'status' | 'refund'>): boolean =>
  MOVING.has(status) || refund?.status === 'requested';

/** Whether something is still to come. */
export const isUnderWay = (order: Pick<Order, 'status' | 'refund'>): boolean =>
  order.status === 'awaiting_payment' || isMoving(order);

/** Whether there is a time that runs out for the buyer. */
export const hasDeadline = ({ status }: Pick<Order, 'status'>): boolean =>
  status === 'awaiting_payment' || status === 'paying';

export const mayTakeBack = ({ status }: Pick<Order, 'status'>): boolean =>
  status === 'reserving' || hasDeadline({ status });

export function mayRefund(order: Order, now: number): boolean {
  return (
    order.status === 'completed' &&
    order.total.amount > 0 &&
    (order.refund === null || order.refund.status === 'failed') &&
    order.completedAt !== null &&
    now < Date.parse(order.completedAt) + REFUND_DAYS * DAY_MS
  );
}

export type Tone = 'neutral' | 'agent' | 'warning' | 'danger' | 'accent';

/** What the buyer is told of it: a refund after completion counts more than the completion. */
export type Standing = OrderStatus | 'refund_requested';

export function standing(order: Pick<Order, 'status' | 'refund'>): Standing {
  if (order.status === 'completed' && order.refund?.status === 'requested') return 'refund_requested';
  if (order.status === 'completed' && order.refund?.status === 'completed') return 'refunded';
  return order.status;
}

export const tones: Record<Standing, Tone> = {
  reserving: 'accent',
  awaiting_payment: 'warning',
  paying: 'accent',
  expiring: 'warning',
  paid: 'accent',
  completed: 'agent',
  rejected: 'danger',
  expired: 'neutral',
  cancelled: 'neutral',
  refunding: 'warning',
  refunded: 'neutral',
  refund_requested: 'warning',
};
