// Owns the frame of moderation: the market's ways beside it where there is room.
import { MarketMenu } from '@/features/market/components/MarketMenu';
import { TwoPane } from '@/shell/TwoPane';

/** A link to a page has the first one behind it. */
export const unstable_settings = { initialRouteName: 'index' };

export default function Layout() {
  return <TwoPane list={<MarketMenu />} />;
}
