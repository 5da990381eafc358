// Owns what the market asks of the server and where the answers are kept.
import { bodyOf, type Order, type Payment } from '@aichatwar/shared';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';
import { queryClient, SEARCH_KEPT_MS } from '@/lib/query';
import { type Filters, searchQuery } from './model/filters';
import { isMoving, isUnderWay } from './model/orders';

export const marketKeys = {
  search: (filters: Filters) => ['cards', filters] as const,
  card: (id: string) => ['card', id] as const,
  reviews: (id: string) => ['cardReviews', id] as const,
  person: (id: string) => ['person', id] as const,
  orders: ['orders'] as const,
  order: (id: string) => ['order', id] as const,
  payment: (id: string) => ['payment', id] as const,
  entitlements: ['entitlements'] as const,
  agent: (id: string) => ['agent', id] as const,
  invoices: ['invoices'] as const,
  wallet: ['wallet'] as const,
  receipts: ['receipts'] as const,
};

const PAGE = 24;
const ALL = 100;

/** Cards on sale; while the next answer comes the one before stays. */
export function useSearch(filters: Filters) {
  return useInfiniteQuery({
    queryKey: marketKeys.search(filters),
    queryFn: ({ pageParam, signal }) =>
      bodyOf(
        api.GET('/api/model-cards', {
          params: { query: { ...searchQuery(filters), limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    gcTime: SEARCH_KEPT_MS,
  });
}

export function useCard(id: string) {
  return useQuery({
    queryKey: marketKeys.card(id),
    queryFn: () => bodyOf(api.GET('/api/model-cards/{id}', { params: { path: { id } } })),
  });
}

export function useReviews(cardId: string) {
  return useQuery({
    queryKey: marketKeys.reviews(cardId),
    queryFn: () =>
      allPages(
        (cursor) =>
          bodyOf(
            api.GET('/api/model-cards/{id}/reviews', {
              params: { path: { id: cardId }, query: { limit: ALL, cursor } },
            }),
          ),
        2,
      ),
  });
}

/** Somebody's name and face. */
export function usePerson(id: string) {
  return useQuery({
    queryKey: marketKeys.person(id),
    queryFn: () => bodyOf(api.GET('/api/users/{id}', { params: { path: { id } } })),
    staleTime: 300_000,
    meta: { keep: true },
  });
}

export function useAgent(id: string) {
  return useQuery({
    queryKey: marketKeys.agent(id),
    queryFn: () => bodyOf(api.GET('/api/agents/{id}', { params: { path: { id } } })),
    staleTime: 300_000,
    meta: { keep: true },
  });
}

export function useOrders() {
  return useQuery({
    queryKey: marketKeys.orders,
    queryFn: () =>
      allPages((cursor) =>
        bodyOf(api.GET('/api/orders', { params: { query: { role: 'buyer', limit: ALL, cursor } } })),
      ),
    meta: { keep: true },
  });
}

/** Orders that wait for the buyer's money. */
export const useUnpaidOrders = (): number =>
  (useOrders().data ?? []).filter(({ status }) => status === 'awaiting_payment').length;

const MOVING_MS = 1_500;
const WAITING_MS = 15_000;

/** An order. The socket tells how it goes on; news may be missing, so it is asked for too while it is not over. */
export function useOrder(id: string) {
  return useQuery({
    queryKey: marketKeys.order(id),
    queryFn: () => bodyOf(api.GET('/api/orders/{id}', { params: { path: { id } } })),
    placeholderData: () => queryClient.getQueryData<Order[]>(marketKeys.orders)?.find((o) => o.id === id),
    refetchInterval: ({ state }) =>
      !state.data ? false : isMoving(state.data) ? MOVING_MS : isUnderWay(state.data) ? WAITING_MS : false,
    refetchOnWindowFocus: 'always',
  });
}

/** A payment, until it is decided. */
export function usePayment(id: string | null) {
  return useQuery({
    queryKey: marketKeys.payment(id ?? ''),
    queryFn: () => bodyOf(api.GET('/api/payments/{id}', { params: { path: { id: id ?? '' } } })),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data && isDecided(state.data) ? false : MOVING_MS),
  });
}

export const isDecided = ({ status }: Payment): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'canceled';

export function useEntitlements() {
  return useQuery({
    queryKey: marketKeys.entitlements,
    queryFn: () =>
      allPages((cursor) =>
        bodyOf(api.GET('/api/entitlements', { params: { query: { limit: ALL, cursor } } })),
      ),
    meta: { keep: true },
  });
}

export function useInvoices() {
  return useQuery({
    queryKey: marketKeys.invoices,
    queryFn: () =>
      allPages((cursor) => bodyOf(api.GET('/api/invoices', { params: { query: { limit: ALL, cursor } } }))),
  });
}

export function useInvoice(id: string) {
  return useQuery({
    queryKey: [...marketKeys.invoices, id],
    queryFn: () => bodyOf(api.GET('/api/invoices/{id}', { params: { path: { id } } })),
  });
}

export function useWallet() {
  return useQuery({ queryKey: marketKeys.wallet, queryFn: () => bodyOf(api.GET('/api/wallet')) });
}

export function useReceipts() {
  return useQuery({
    queryKey: marketKeys.receipts,
    queryFn: () =>
      allPages(
        (cursor) => bodyOf(api.GET('/api/receipts', { params: { query: { limit: ALL, cursor } } })),
        2,
      ),
  });
}

const at = (id: string) => ({ path: { id } });
const once = (key: string) => ({ 'Idempotency-Key': key });

/** What is done in the market. Each throws an ApiProblem; with a key it is done once, however often it is sent. */
export const marketActions = {
  place: (order: { cardId: string; quantity: number; coupon?: string }, key: string) =>
    bodyOf(api.POST('/api/orders', { params: { header: once(key) }, body: order })),
  tryOut: (cardId: string, text: string) =>
    bodyOf(api.POST('/api/agents/cards/{cardId}/try-out', { params: { path: { cardId } }, body: { text } })),
  takeBack: (id: string) => bodyOf(api.DELETE('/api/orders/{id}', { params: at(id) })),
  pay: (orderId: string, method: string, key: string) =>
    bodyOf(api.POST('/api/payments', { params: { header: once(key) }, body: { orderId, method } })),
  refund: (id: string, reason: string, key: string) =>
    bodyOf(
      api.POST('/api/orders/{id}/refund', {
        params: { ...at(id), header: once(key) },
        body: reason ? { reason } : {},
      }),
    ),
  topUp: (amount: { amount: number; currency: 'EUR' | 'USD' | 'GBP' }, method: string, key: string) =>
    bodyOf(api.POST('/api/wallet/topups', { params: { header: once(key) }, body: { amount, method } })),
  review: (cardId: string, rating: number, text: string) =>
    bodyOf(api.POST('/api/model-cards/{id}/reviews', { params: at(cardId), body: { rating, text } })),
  editReview: (id: string, reviewId: string, rating: number, text: string) =>
    bodyOf(
      api.PATCH('/api/model-cards/{id}/reviews/{reviewId}', {
        params: { path: { id, reviewId } },
        body: { rating, text },
      }),
    ),
  removeReview: (id: string, reviewId: string) =>
    api.DELETE('/api/model-cards/{id}/reviews/{reviewId}', { params: { path: { id, reviewId } } }),
};

/** An order is as somebody just told. */
export function takeOrder(order: Order): void {
  queryClient.setQueryData<Order>(marketKeys.order(order.id), (held) =>
    held && held.version > order.version ? held : order,
  );
  queryClient.setQueryData<Order[]>(marketKeys.orders, (held) =>
    held?.map((other) => (other.id === order.id && other.version <= order.version ? order : other)),
  );
}
