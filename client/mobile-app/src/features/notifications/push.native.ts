// Owns pushes on a phone, by Expo's service. The only place that knows expo-notifications.
import Constants from 'expo-constants';
import * as Notifications from 'expo-notifications';
import { Platform } from 'react-native';
import { deviceActions } from './api';
import type { PushState } from './push';

export async function pushState(): Promise<PushState> {
  const { granted, canAskAgain } = await Notifications.getPermissionsAsync();
  if (!granted) return canAskAgain ? 'off' : 'denied';
  return (await deviceActions.current()) ? 'on' : 'off';
}

export async function enablePush(): Promise<void> {
  if (Platform.OS === 'android') {
    await Notifications.setNotificationChannelAsync('default', {
      name: Constants.expoConfig?.name ?? 'default',
      importance: Notifications.AndroidImportance.DEFAULT,
    });
  }
  const { granted } = await Notifications.requestPermissionsAsync();
  if (!granted) return;
  const projectId: unknown = Constants.expoConfig?.extra?.eas?.projectId;
  const { data: token } = await Notifications.getExpoPushTokenAsync(
    typeof projectId === 'string' ? { projectId } : {},
  );
  await deviceActions.register({ kind: 'expo', token });
}

export async function disablePush(): Promise<void> {
  const id = await deviceActions.current();
  if (id) await deviceActions.remove(id);
}

export function onPushOpened(open: (path: string) => void): () => void {
  const lead = (response: Notifications.NotificationResponse | null) => {
    if (!response) return;
    // Once: who signs in next is not led there again.
    Notifications.clearLastNotificationResponse();
    const path: unknown = response.notification.request.content.data?.path;
    if (typeof path === 'string') open(path);
  };
  // The press that started the app.
  void Notifications.getLastNotificationResponseAsync().then(lead);
  const watch = Notifications.addNotificationResponseReceivedListener(lead);
  return () => watch.remove();
}
