// Owns the face of somebody in a room, with the picture that is known of them.
import { Avatar, type AvatarProps } from '@/design';
import { useFace } from '@/features/friends/faces';

export function Face(props: Omit<AvatarProps, 'uri'>) {
  return <Avatar {...props} uri={useFace(props.id)} />;
}
