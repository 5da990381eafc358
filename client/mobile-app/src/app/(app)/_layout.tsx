// Owns the frame of all screens behind the sign-in.
import { Tabs } from 'expo-router';
import { View } from 'react-native';
import { useIsWide } from '@/design';
import { Viewer } from '@/features/media/components/Viewer';
import { PushLinks } from '@/features/notifications/components/PushLinks';
import { ConnectionNotice } from '@/shell/ConnectionNotice';
import { destinations } from '@/shell/destinations';
import { NavBar } from '@/shell/NavBar';

export { Crashed as ErrorBoundary } from '@/shell/Crashed';

export default function AppLayout() {
  const wide = useIsWide();
  return (
    <View style={{ flex: 1 }}>
      <ConnectionNotice />
      <Tabs
        backBehavior="history"
        tabBar={() => <NavBar />}
        screenOptions={{ headerShown: false, tabBarPosition: wide ? 'left' : 'bottom' }}
      >
        {destinations.map(({ name }) => (
          <Tabs.Screen key={name} name={name} />
        ))}
      </Tabs>
      <Viewer />
      <PushLinks />
    </View>
  );
}
