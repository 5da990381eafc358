// Owns the frame of a place with a list: beside the list where there is room, else one screen after the other.
import { Stack } from 'expo-router';
import type { ReactNode } from 'react';
import { View } from 'react-native';
import { makeStyles, size, useIsWide, useReducedMotion } from '@/design';

export function TwoPane({ list }: { list?: ReactNode }) {
  const styles = useStyles();
  const wide = useIsWide();
  const still = useReducedMotion();
  return (
    <View style={styles.row}>
      {wide && list ? <View style={styles.list}>{list}</View> : null}
      <View style={styles.rest}>
        <Stack screenOptions={{ headerShown: false, animation: wide || still ? 'none' : 'default' }} />
      </View>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  row: { flex: 1, flexDirection: 'row', backgroundColor: colors.canvas },
  list: { width: size.listPane, borderRightWidth: 1, borderRightColor: colors.border },
  rest: { flex: 1, minWidth: 0 },
}));
