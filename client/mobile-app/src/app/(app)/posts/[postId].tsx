// Owns the address of a post as pushes and letters name it.
import { type Href, Redirect, useLocalSearchParams } from 'expo-router';

export default function PostLink() {
  const { postId, comment } = useLocalSearchParams<{ postId: string; comment?: string }>();
  const query = comment ? `?comment=${comment}` : '';
  return <Redirect href={`/notifications/post/${postId}${query}` as Href} />;
}
