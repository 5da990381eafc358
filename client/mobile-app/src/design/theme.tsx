// Owns which theme is on: the person's choice, else the system's; and how components get at its colours.
import { createContext, type PropsWithChildren, useContext, useMemo } from 'react';
import {
  type ImageStyle,
  StyleSheet,
  type TextStyle,
  useColorScheme,
  useWindowDimensions,
  type ViewStyle,
} from 'react-native';
import { type Colors, colors, type Scheme, WIDE } from './tokens';

export type ThemeChoice = Scheme | 'system';
export interface Theme {
  scheme: Scheme;
  colors: Colors;
}

const light: Theme = { scheme: 'light', colors: colors.light };
const dark: Theme = { scheme: 'dark', colors: colors.dark };
const ThemeContext = createContext<Theme>(light);

export function DesignProvider({ choice, children }: PropsWithChildren<{ choice: ThemeChoice }>) {
  const system = useColorScheme();
  const scheme = choice === 'system' ? (system ?? 'light') : choice;
  return <ThemeContext.Provider value={scheme === 'dark' ? dark : light}>{children}</ThemeContext.Provider>;
}

export function useTheme(): Theme {
  return useContext(ThemeContext);
}

/** Whether there is room for two panes. */
export function useIsWide(): boolean {
  return useWindowDimensions().width >= WIDE;
}

type Styles = Record<string, ViewStyle | TextStyle | ImageStyle>;

/** Makes a hook that gives a component's styles in the theme that is on. Each theme's are made once. */
export function makeStyles<Named extends Styles>(
  build: (colors: Colors, scheme: Scheme) => Named,
): () => Named {
  const made = new Map<Scheme, Named>();
  return function useStyles() {
    const theme = useTheme();
    return useMemo(() => {
      const known = made.get(theme.scheme) ?? StyleSheet.create(build(theme.colors, theme.scheme));
      made.set(theme.scheme, known);
      return known;
    }, [theme]);
  };
}
