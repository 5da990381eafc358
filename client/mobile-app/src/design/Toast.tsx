// Owns short words at the edge that go away by themselves. Anything may say one, in a component or not.
import { useEffect } from 'react';
import { View } from 'react-native';
import Animated, { FadeInUp, FadeOutUp } from 'react-native-reanimated';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import { create } from 'zustand';
import { Icon } from './Icon';
import { Text } from './Text';
import { makeStyles } from './theme';
import { radius, size, space } from './tokens';

interface Said {
  id: number;
  text: string;
  tone: 'plain' | 'danger';
}

const useToasts = create<{ said: Said | null }>(() => ({ said: null }));
const SHOWN_MS = 3_500;

export function toast(text: string, tone: Said['tone'] = 'plain'): void {
  useToasts.setState(({ said }) => ({ said: { id: (said?.id ?? 0) + 1, text, tone } }));
}

/** Where toasts appear: under the bar, whose words they would hide. Stands once, at the root. */
export function ToastHost() {
  const said = useToasts((state) => state.said);
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => useToasts.setState({ said: null }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <View
      pointerEvents="none"
      style={[styles.host, { top: insets.top + size.bar + space.s }]}
      aria-live="polite"
    >
      {said ? (
        <Animated.View
          key={said.id}
          entering={FadeInUp.duration(180)}
          exiting={FadeOutUp.duration(150)}
          style={styles.toast}
        >
          <Icon
            name={said.tone === 'danger' ? 'alert-circle' : 'checkmark-circle'}
            size={18}
            color={said.tone === 'danger' ? 'danger' : 'success'}
          />
          <Text variant="label" style={styles.text}>
            {said.text}
          </Text>
        </Animated.View>
      ) : null}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  host: { position: 'absolute', left: space.l, right: space.l, alignItems: 'center' },
  toast: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.s,
    maxWidth: 440,
    paddingHorizontal: space.l,
    paddingVertical: space.m,
    borderRadius: radius.l,
    backgroundColor: colors.raised,
    borderWidth: 1,
    borderColor: colors.border,
    boxShadow: '0 6px 24px rgba(0, 0, 0, 0.18)',
  },
  text: { flexShrink: 1 },
}));
