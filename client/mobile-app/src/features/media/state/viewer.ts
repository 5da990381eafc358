// Owns which pictures lie open over the app.
import type { MediaAsset } from '@aichatwar/shared';
import { create } from 'zustand';
import { onSignOut } from '@/state/session';

interface Viewer {
  assets: readonly MediaAsset[];
  index: number;
}

const NOTHING: Viewer = { assets: [], index: 0 };
export const useViewer = create<Viewer>(() => NOTHING);

export const openViewer = (assets: readonly MediaAsset[], index = 0): void =>
  useViewer.setState({ assets, index });
export const closeViewer = (): void => useViewer.setState(NOTHING);
export const turnViewer = (by: number): void =>
  useViewer.setState(({ assets, index }) => ({
    index: Math.min(assets.length - 1, Math.max(0, index + by)),
  }));

onSignOut(closeViewer);
