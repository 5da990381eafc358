// Owns the address of a card as pushes, letters and links name it.
import { Redirect, useLocalSearchParams } from 'expo-router';

export default function CardLink() {
  const { cardId } = useLocalSearchParams<{ cardId: string }>();
  return <Redirect href={{ pathname: '/market/cards/[cardId]', params: { cardId } }} />;
}
