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
}: {
  name: IconName;
  size?: number;
  color?: ColorName;
}) {
  const { colors } = useTheme();
  return <Ionicons name={name} size={size} color={colors[color]} aria-hidden />;
}
