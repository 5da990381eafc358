// Owns the frame of a screen: its bar with title, way back and actions, and its body, above the keyboard.
import { useRouter, type Href } from 'expo-router';
import type { PropsWithChildren, ReactNode } from 'react';
import { KeyboardAvoidingView, ScrollView, View } from 'react-native';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import { IconButton } from './Button';
import { Text } from './Text';
import { makeStyles } from './theme';
import { size, space } from './tokens';

export interface BarProps {
  title?: string;
  subtitle?: string;
  /** Replaces the title. */
  heading?: ReactNode;
  /** Where Back leads when there is nothing to go back to. */
  back?: { label: string; fallback: Href };
  actions?: ReactNode;
  large?: boolean;
  /** The bar stands over a body that is no wider than can be read well. */
  narrow?: boolean;
}

export function Bar({ title, heading, back, actions, large, narrow }: BarProps) {
  const router = useRouter();
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  return (
    <View
      style={[styles.bar, { paddingTop: insets.top }, back ? styles.withBack : null, narrow && styles.narrow]}
    >
      {back ? (
        <IconButton
          icon="arrow-back"
          label={back.label}
          onPress={() => (router.canGoBack() ? router.back() : router.replace(back.fallback))}
        />
      ) : null}
      <View style={styles.title}>
        {heading ?? (
          <Text
            variant={large ? 'display' : 'heading'}
            role="heading"
            numberOfLines={1}
            style={large && styles.large}
          >
            {title}
          </Text>
        )}
      </View>
      {actions}
    </View>
  );
}

export function Screen({ children, ...bar }: PropsWithChildren<BarProps>) {
  const styles = useStyles();
  return (
    // On Android too: an app that reaches from edge to edge is not made smaller for the keyboard.
    <KeyboardAvoidingView style={styles.screen} behavior="padding">
      <Bar {...bar} />
      {children}
    </KeyboardAvoidingView>
  );
}

/** A body that scrolls and never grows wider than can be read well. */
export function ScrollBody({ children }: PropsWithChildren) {
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  return (
    <ScrollView
      style={styles.screen}
      contentContainerStyle={[styles.body, { paddingBottom: insets.bottom + space.xxl }]}
      keyboardShouldPersistTaps="handled"
    >
      {children}
    </ScrollView>
  );
}

const useStyles = makeStyles((colors) => ({
  screen: { flex: 1, backgroundColor: colors.canvas },
  bar: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.xs,
    minHeight: size.bar,
    paddingHorizontal: space.l,
    backgroundColor: colors.canvas,
  },
  withBack: { paddingLeft: space.s },
  narrow: { width: '100%', maxWidth: size.content, alignSelf: 'center' },
  title: { flex: 1, minWidth: 0, minHeight: size.bar, justifyContent: 'center' },
  large: { fontSize: 24, lineHeight: 30 },
  body: { width: '100%', maxWidth: size.content, alignSelf: 'center', padding: space.l, gap: space.xl },
}));
