// Owns the choice of one among few, all of them visible.
import { View } from 'react-native';
import { Text } from './Text';
import { makeStyles, useTheme } from './theme';
import { radius, space } from './tokens';
import { Touchable } from './Touchable';

export interface Segment<Value extends string> {
  value: Value;
  label: string;
}

export interface SegmentedControlProps<Value extends string> {
  label: string;
  segments: readonly Segment<Value>[];
  value: Value;
  onChange: (value: Value) => void;
}

export function SegmentedControl<Value extends string>({
  label,
  segments,
  value,
  onChange,
}: SegmentedControlProps<Value>) {
  const { colors } = useTheme();
  const styles = useStyles();
  return (
    <View role="radiogroup" aria-label={label} style={styles.track}>
      {segments.map((segment) => {
        const chosen = segment.value === value;
        return (
          <Touchable
            key={segment.value}
            role="radio"
            aria-checked={chosen}
            label={segment.label}
            onPress={() => onChange(segment.value)}
            style={({ hovered }) => [
              styles.segment,
              chosen ? styles.chosen : hovered ? { backgroundColor: colors.hover } : null,
            ]}
          >
            <Text variant="label" color={chosen ? 'text' : 'textMuted'} numberOfLines={1}>
              {segment.label}
            </Text>
          </Touchable>
        );
      })}
    </View>
  );
}

const useStyles = makeStyles((colors, scheme) => ({
  track: { flexDirection: 'row', padding: 3, gap: 2, borderRadius: radius.m, backgroundColor: colors.raised },
  segment: {
    flex: 1,
    minHeight: 34,
    paddingHorizontal: space.m,
    alignItems: 'center',
    justifyContent: 'center',
    borderRadius: radius.m - 3,
  },
  chosen: {
    backgroundColor: scheme === 'dark' ? colors.border : colors.canvas,
    boxShadow: '0 1px 3px rgba(16, 18, 28, 0.14)',
  },
}));
