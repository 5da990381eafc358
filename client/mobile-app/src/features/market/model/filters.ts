// Owns what one may ask the catalogue for. Pure.
import type { CardCategory } from '@aichatwar/shared';

export const sorts = ['relevance', 'popular', 'newest', 'rating', 'price', '-price'] as const;
export type Sort = (typeof sorts)[number];

export interface Filters {
  query: string;
  category: CardCategory | null;
  tag: string | null;
  seller: string | null;
  price: { min: number; max: number | null } | null;
  ratingMin: number | null;
  limited: boolean;
  sort: Sort;
}

export const everything: Filters = {
  query: '',
  category: null,
  tag: null,
  seller: null,
  price: null,
  ratingMin: null,
  limited: false,
  sort: 'relevance',
};

/** What goes to the server; what is not asked for is left out. */
export function searchQuery(filters: Filters) {
  const query = filters.query.trim();
  return {
    ...(query ? { query } : {}),
    ...(filters.category ? { category: filters.category } : {}),
    ...(filters.tag ? { tag: filters.tag } : {}),
    ...(filters.seller ? { seller: filters.seller } : {}),
    ...(filters.price ? { priceMin: filters.price.min } : {}),
    ...(filters.price?.max != null ? { priceMax: filters.price.max } : {}),
    ...(filters.ratingMin ? { ratingMin: filters.ratingMin } : {}),
    ...(filters.limited ? { hasEdition: true } : {}),
    ...(filters.sort === 'relevance' ? {} : { sort: filters.sort }),
  };
}

/** How many filters narrow the list, but for words and category, which are always seen. */
export function narrowing(filters: Filters): number {
  return [filters.tag, filters.price, filters.ratingMin, filters.limited || null].filter((on) => on !== null)
    .length;
}
