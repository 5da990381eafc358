// Owns the letter of a side in its colour.
import type { DebateSideName } from '@aichatwar/shared';
import { View } from 'react-native';
import { Text, useTheme } from '@/design';
import { sideGround, sideInk } from './side';

export function SideMark({ side, size = 36 }: { side: DebateSideName; size?: number }) {
  const { colors } = useTheme();
  return (
    <View
      aria-hidden
      style={{
        width: size,
        height: size,
        borderRadius: size * 0.3,
        alignItems: 'center',
        justifyContent: 'center',
        backgroundColor: colors[sideGround[side]],
        borderWidth: 1,
        borderColor: colors[sideInk[side]],
      }}
    >
      <Text variant="bodyStrong" color={sideInk[side]}>
        {side}
      </Text>
    </View>
  );
}
