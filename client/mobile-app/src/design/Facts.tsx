// Owns pairs of a name and what is so: the lines of a bill, the properties of a thing.
import type { PropsWithChildren, ReactNode } from 'react';
import { View } from 'react-native';
import { Text } from './Text';
import { makeStyles } from './theme';
import { space } from './tokens';

export function Facts({ children }: PropsWithChildren) {
  const styles = useStyles();
  return <View style={styles.facts}>{children}</View>;
}

export interface FactProps {
  name: string;
  value: ReactNode;
  strong?: boolean;
}

export function Fact({ name, value, strong }: FactProps) {
  const styles = useStyles();
  return (
    <View style={styles.fact}>
      <Text color={strong ? 'text' : 'textMuted'} variant={strong ? 'bodyStrong' : 'body'}>
        {name}
      </Text>
      {typeof value === 'string' ? (
        <Text variant={strong ? 'bodyStrong' : 'body'} align="right" style={styles.value}>
          {value}
        </Text>
      ) : (
        value
      )}
    </View>
  );
}

const useStyles = makeStyles(() => ({
  facts: { gap: space.s },
  fact: { flexDirection: 'row', alignItems: 'flex-start', justifyContent: 'space-between', gap: space.l },
  value: { flexShrink: 1, fontVariant: ['tabular-nums'] },
}));
