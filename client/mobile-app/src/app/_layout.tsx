// Owns the root: what stands around all screens, and which of them one may see.
import '@/shell/live';
import { QueryClientProvider } from '@tanstack/react-query';
import {
  DarkTheme,
  DefaultTheme,
  type Href,
  Stack,
  ThemeProvider,
  usePathname,
  useRouter,
} from 'expo-router';
import * as SplashScreen from 'expo-splash-screen';
import { StatusBar } from 'expo-status-bar';
import { useEffect, useMemo, useRef } from 'react';
import { GestureHandlerRootView } from 'react-native-gesture-handler';
import { SafeAreaProvider } from 'react-native-safe-area-context';
import { DesignProvider, ToastHost, useTheme } from '@/design';
import { i18n, systemLanguage } from '@/i18n';
import { onLink } from '@/lib/links';
import { showOnPage } from '@/lib/page';
import { queryClient } from '@/lib/query';
import { watchSurroundings } from '@/lib/realtime';
import { Crashed } from '@/shell/Crashed';
import { usePreferences } from '@/state/preferences';
import { restoreSession, useSession } from '@/state/session';
import { takeWanted, want } from '@/state/wanted';

/** A screen that fails takes nothing else along. */
export const unstable_settings = { screenErrorBoundary: Crashed };

void SplashScreen.preventAutoHideAsync().catch(() => undefined);

export default function RootLayout() {
  const theme = usePreferences((state) => state.theme);
  const language = usePreferences((state) => state.language);
  useEffect(() => {
    const next = language === 'system' ? systemLanguage() : language;
    void i18n.changeLanguage(next);
    showOnPage({ language: next });
  }, [language]);
  useEffect(() => {
    void restoreSession();
    return watchSurroundings();
  }, []);
  return (
    <GestureHandlerRootView style={{ flex: 1 }}>
      <SafeAreaProvider>
        <DesignProvider choice={theme}>
          <QueryClientProvider client={queryClient}>
            <Screens />
            <ToastHost />
          </QueryClientProvider>
        </DesignProvider>
      </SafeAreaProvider>
    </GestureHandlerRootView>
  );
}

function Screens() {
  const { scheme, colors } = useTheme();
  const status = useSession((state) => state.status);
  const navigation = useMemo(() => {
    const base = scheme === 'dark' ? DarkTheme : DefaultTheme;
    return { ...base, colors: { ...base.colors, background: colors.canvas, primary: colors.accent } };
  }, [scheme, colors]);
  useEffect(() => {
    if (status !== 'restoring') void SplashScreen.hideAsync().catch(() => undefined);
  }, [status]);
  useEffect(() => showOnPage({ scheme, ground: colors.canvas }), [scheme, colors]);
  useWayBack();
  if (status === 'restoring') return null;
  return (
    <ThemeProvider value={navigation}>
      <StatusBar style={scheme === 'dark' ? 'light' : 'dark'} />
      <Stack screenOptions={{ headerShown: false, animation: 'fade' }}>
        <Stack.Protected guard={status === 'signedIn'}>
          <Stack.Screen name="(app)" />
        </Stack.Protected>
        <Stack.Protected guard={status === 'signedOut'}>
          <Stack.Screen name="(auth)" />
        </Stack.Protected>
      </Stack>
    </ThemeProvider>
  );
}

/** Leads to where one wanted to go before the sign-in: a link, or the screen on which the session ended. */
function useWayBack(): void {
  const { status, me, endedBy } = useSession();
  const router = useRouter();
  const pathname = usePathname();
  const last = useRef<{ path: string; owner: string } | null>(null);
  useEffect(() => {
    if (status === 'signedIn' && me) last.current = { path: pathname, owner: me.id };
  }, [status, me, pathname]);
  useEffect(() => {
    if (status === 'signedOut') {
      if (last.current && endedBy) want(last.current.path, last.current.owner);
      last.current = null;
      return onLink((path) => want(path));
    }
    const path = status === 'signedIn' && me ? takeWanted(me.id) : null;
    if (path) router.replace(path as Href);
    return undefined;
  }, [status, me, endedBy, router]);
}
