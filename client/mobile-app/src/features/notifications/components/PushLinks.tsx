// Owns that a push which is pressed leads to what it tells of. Stands once, in the frame of the signed-in app.
import { type Href, useRouter } from 'expo-router';
import { useEffect } from 'react';
import { onPushOpened } from '../push';

export function PushLinks() {
  const router = useRouter();
  useEffect(() => onPushOpened((path) => router.push(path as Href)), [router]);
  return null;
}
