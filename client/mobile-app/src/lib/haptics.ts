// Owns what the phone does in the hand.
import * as Haptics from 'expo-haptics';

export const haptics = {
  /** A threshold was reached. */
  tick: () => void Haptics.selectionAsync().catch(() => undefined),
  /** Something went off. */
  sent: () => void Haptics.impactAsync(Haptics.ImpactFeedbackStyle.Light).catch(() => undefined),
  failed: () => void Haptics.notificationAsync(Haptics.NotificationFeedbackType.Error).catch(() => undefined),
};
