// Owns the short address of a list in the market.
import { Redirect } from 'expo-router';

export default function CardsLink() {
  return <Redirect href="/market" />;
}
