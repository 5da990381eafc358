// Owns the frame of this place.
import { TwoPane } from '@/shell/TwoPane';

export const unstable_settings = { initialRouteName: 'index' };

export default function Layout() {
  return <TwoPane />;
}
