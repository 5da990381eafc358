// Owns which of a file's sizes is shown where.
import type { AssetVariant, MediaAsset } from '@aichatwar/shared';
import { absoluteUrl } from '@/lib/urls';

const isPicture = (variant: AssetVariant): boolean => variant.mime.startsWith('image/');

/** The smallest picture that fills so many points; a film gives its poster. Null when there is none. */
export function pictureFor(asset: MediaAsset, width: number, density = 2): AssetVariant | null {
  const pictures = asset.variants.filter(isPicture);
  // Only the original of what moves goes on moving.
  const original = pictures.find(({ name }) => name === 'original');
  if (asset.animated && original) return original;
  const sorted = [...pictures].sort((a, b) => (a.width ?? 0) - (b.width ?? 0));
  return sorted.find((one) => (one.width ?? 0) >= width * density) ?? sorted.at(-1) ?? null;
}

export function originalOf(asset: MediaAsset): AssetVariant | null {
  return asset.variants.find(({ name }) => name === 'original') ?? asset.variants[0] ?? null;
}

export const urlOf = (variant: AssetVariant | null): string | undefined =>
  variant ? absoluteUrl(variant.url) : undefined;

/** Width by height, from whichever size says it. */
export function aspectOf(asset: MediaAsset): number {
  const known = asset.variants.find(({ width, height }) => width && height);
  return known?.width && known.height ? known.width / known.height : 4 / 3;
}

export const isVisual = (asset: MediaAsset): boolean => asset.kind === 'image' || asset.kind === 'video';

/** Whether the addresses hold no more, by the server's clock; a little early, since fetching takes time. */
export const isStale = (asset: MediaAsset, now: number): boolean =>
  new Date(asset.expiresAt).getTime() - 15_000 < now;

export function sizeWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
