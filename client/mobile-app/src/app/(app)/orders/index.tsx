// Owns the short address of a list in the market.
import { Redirect } from 'expo-router';

export default function OrdersLink() {
  return <Redirect href="/market/orders" />;
}
