// Owns the address of a room as pushes and letters name it.
import { Redirect, useLocalSearchParams } from 'expo-router';

export default function RoomLink() {
  const { roomId } = useLocalSearchParams<{ roomId: string }>();
  return <Redirect href={{ pathname: '/chats/[roomId]', params: { roomId } }} />;
}
