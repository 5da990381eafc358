// Owns what selling asks of the server and where the answers are kept.
import {
  bodyOf,
  type ModelCard,
  type ModelCardEdit,
  type Money,
  type NewCoupon,
  type NewModelCard,
} from '@aichatwar/shared';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { marketKeys } from '@/features/market/api';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';
import { queryClient } from '@/lib/query';

export const creatorKeys = {
  cards: ['myCards'] as const,
  revisions: (id: string) => ['cardRevisions', id] as const,
  balance: ['balance'] as const,
  statement: (month: string) => ['statement', month] as const,
  payouts: ['payouts'] as const,
  sales: ['sales'] as const,
  coupons: ['coupons'] as const,
};

const ALL = 100;

export function useMyCards() {
  return useQuery({
    queryKey: creatorKeys.cards,
    queryFn: () =>
      allPages((cursor) =>
        bodyOf(api.GET('/api/model-cards/mine', { params: { query: { limit: ALL, cursor } } })),
      ),
  });
}

export function useRevisions(id: string) {
  return useQuery({
    queryKey: creatorKeys.revisions(id),
    queryFn: () =>
      allPages((cursor) =>
        bodyOf(
          api.GET('/api/model-cards/{id}/revisions', {
            params: { path: { id }, query: { limit: ALL, cursor } },
          }),
        ),
      ),
  });
}

export function useBalance() {
  return useQuery({
    queryKey: creatorKeys.balance,
    queryFn: () => bodyOf(api.GET('/api/statements/balance')),
  });
}

/** A month (`YYYY-MM`, UTC) of what came and went. */
export function useStatement(month: string) {
  return useInfiniteQuery({
    queryKey: creatorKeys.statement(month),
    queryFn: ({ pageParam }) =>
      bodyOf(api.GET('/api/statements', { params: { query: { month, limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
}

const PAYOUT_MS = 2_000;
const OPEN: ReadonlySet<string> = new Set(['requested', 'sending', 'returning']);

export function usePayouts() {
  return useQuery({
    queryKey: creatorKeys.payouts,
    queryFn: () =>
      allPages((cursor) => bodyOf(api.GET('/api/payouts', { params: { query: { limit: ALL, cursor } } }))),
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => OPEN.has(status)) ? PAYOUT_MS : false),
  });
}

export function useSales() {
  return useQuery({
    queryKey: creatorKeys.sales,
    queryFn: () =>
      allPages((cursor) =>
        bodyOf(api.GET('/api/orders', { params: { query: { role: 'seller', limit: ALL, cursor } } })),
      ),
  });
}

export function useCoupons() {
  return useQuery({
    queryKey: creatorKeys.coupons,
    queryFn: () =>
      allPages((cursor) => bodyOf(api.GET('/api/coupons', { params: { query: { limit: ALL, cursor } } }))),
  });
}

const at = (id: string) => ({ params: { path: { id } } });

export const creatorActions = {
  begin: (card: NewModelCard) => bodyOf(api.POST('/api/model-cards', { body: card })),
  edit: (id: string, part: ModelCardEdit) =>
    bodyOf(api.PATCH('/api/model-cards/{id}', { ...at(id), body: part })),
  remove: (id: string) => api.DELETE('/api/model-cards/{id}', at(id)),
  submit: (id: string) => bodyOf(api.POST('/api/model-cards/{id}/submit', at(id))),
  publish: (id: string) => bodyOf(api.POST('/api/model-cards/{id}/publish', at(id))),
  retire: (id: string) => bodyOf(api.POST('/api/model-cards/{id}/retire', at(id))),
  payOut: (amount: Money, key: string) =>
    bodyOf(api.POST('/api/payouts', { params: { header: { 'Idempotency-Key': key } }, body: { amount } })),
  newCoupon: (coupon: NewCoupon) => bodyOf(api.POST('/api/coupons', { body: coupon })),
  removeCoupon: (code: string) => api.DELETE('/api/coupons/{code}', { params: { path: { code } } }),
};

/** A card of mine is as the server just told. */
export function takeCard(card: ModelCard): void {
  queryClient.setQueryData(marketKeys.card(card.id), card);
  void queryClient.invalidateQueries({ queryKey: creatorKeys.cards });
  void queryClient.invalidateQueries({ queryKey: creatorKeys.revisions(card.id) });
  void queryClient.invalidateQueries({ queryKey: ['cards'] });
}
