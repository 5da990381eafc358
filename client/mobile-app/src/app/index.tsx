// Owns where one is taken first.
import { Redirect } from 'expo-router';
import { useSession } from '@/state/session';

export default function Index() {
  const status = useSession((state) => state.status);
  return <Redirect href={status === 'signedIn' ? '/chats' : '/sign-in'} />;
}
