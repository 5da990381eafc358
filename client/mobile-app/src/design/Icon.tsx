// Owns the one set of icons. An icon says nothing by itself: the pressable around it has the label.
import Ionicons from '@expo/vector-icons/Ionicons';
import type { ComponentProps } from 'react';
import { useTheme } from './theme';
import { type ColorName, size as sizes } from './tokens';

export type IconName = ComponentProps<typeof Ionicons>['name'];

export function Icon({
  name,
  size = sizes.icon,
  color = 'text',
  tint,
}: {
  name: IconName;
  size?: number;
  color?: ColorName;
  /** A colour that no theme has: for what lies over pictures. */
  tint?: string | undefined;
}) {
  const { colors } = useTheme();
  return <Ionicons name={name} size={size} color={tint ?? colors[color]} aria-hidden />;
}
