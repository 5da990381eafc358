// Owns the address of an order as pushes, letters and links name it.
import { Redirect, useLocalSearchParams } from 'expo-router';

export default function OrderLink() {
  const { orderId } = useLocalSearchParams<{ orderId: string }>();
  return <Redirect href={{ pathname: '/market/orders/[orderId]', params: { orderId } }} />;
}
