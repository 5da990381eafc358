// Owns the address of a person as pushes and letters name it.
import { type Href, Redirect, useLocalSearchParams } from 'expo-router';

export default function PersonLink() {
  const { userId } = useLocalSearchParams<{ userId: string }>();
  return <Redirect href={`/notifications/people/${userId}` as Href} />;
}
