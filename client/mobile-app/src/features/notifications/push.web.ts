// Owns pushes in a browser, by Web Push and the worker in public/push-worker.js.
import { deviceActions } from './api';
import type { PushState } from './push';

const WORKER = '/push-worker.js';

const supported = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;

async function subscription(): Promise<PushSubscription | null> {
  const worker = await navigator.serviceWorker.getRegistration(WORKER);
  return (await worker?.pushManager.getSubscription()) ?? null;
}

export async function pushState(): Promise<PushState> {
  if (!supported()) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  if (!(await subscription())) return 'off';
  return (await deviceActions.current()) ? 'on' : 'off';
}

export async function enablePush(): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return;
  const key = await deviceActions.vapidKey();
  await navigator.serviceWorker.register(WORKER);
  const worker = await navigator.serviceWorker.ready;
  const made = await worker.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(key),
  });
  const { endpoint, keys } = made.toJSON();
  await deviceActions.register({
    kind: 'webPush',
    endpoint: endpoint ?? '',
    keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' },
  });
}

export async function disablePush(): Promise<void> {
  const id = await deviceActions.current();
  if (id) await deviceActions.remove(id);
  await (await subscription())?.unsubscribe();
}

/** The worker tells a window that is open; without one it opens the path itself. */
export function onPushOpened(open: (path: string) => void): () => void {
  if (!('serviceWorker' in navigator)) return () => undefined;
  const heard = ({ data }: MessageEvent<{ kind?: string; path?: string } | null>) => {
    if (data?.kind === 'push.opened' && typeof data.path === 'string') open(data.path);
  };
  navigator.serviceWorker.addEventListener('message', heard);
  return () => navigator.serviceWorker.removeEventListener('message', heard);
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const base64 = base64url.replace(/-/g, '+').replace(/_/g, '/');
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
