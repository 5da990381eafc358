// Owns one picture: blurred until it is there, described for who cannot see it, asked for again when its address has ended.
import type { MediaAsset } from '@aichatwar/shared';
import { Image, type ImageContentFit } from 'expo-image';
import { useRef } from 'react';
import type { ImageStyle, StyleProp } from 'react-native';
import { useTheme } from '@/design';
import { serverNow } from '@/lib/api';
import { isStale, pictureFor, urlOf } from '../model/variants';

export interface MediaImageProps {
  asset: MediaAsset;
  /** In points: decides which size is fetched. */
  width: number;
  fit?: ImageContentFit;
  style?: StyleProp<ImageStyle>;
  /** Gets fresh addresses; they come back with another asset. */
  onStale?: (() => void) | undefined;
}

export function MediaImage({ asset, width, fit = 'cover', style, onStale }: MediaImageProps) {
  const { colors } = useTheme();
  const variant = pictureFor(asset, width);
  const asked = useRef<string | null>(null);
  const refresh = () => {
    if (!isStale(asset, serverNow()) || asked.current === asset.expiresAt) return;
    asked.current = asset.expiresAt;
    onStale?.();
  };
  return (
    <Image
      source={variant ? { uri: urlOf(variant), cacheKey: `${asset.id}:${variant.name}` } : null}
      placeholder={asset.blurhash ? { blurhash: asset.blurhash } : null}
      placeholderContentFit="cover"
      contentFit={fit}
      transition={160}
      recyclingKey={asset.id}
      // In a browser `alt` reaches only what stands there before.
      accessibilityLabel={asset.alt}
      onError={refresh}
      style={[{ backgroundColor: colors.raised }, style]}
    />
  );
}
