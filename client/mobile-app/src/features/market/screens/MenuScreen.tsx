// Owns the market's ways as a screen of a phone; where there is room they stand at the side anyway.
import { Redirect } from 'expo-router';
import { useIsWide } from '@/design';
import { MarketMenu } from '../components/MarketMenu';

export function MenuScreen() {
  return useIsWide() ? <Redirect href="/market" /> : <MarketMenu />;
}
