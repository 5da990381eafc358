// Owns whether a person wants things to stand still; it may change while the app runs. Asked once, since every row wants to know.
import { AccessibilityInfo } from 'react-native';
import { create } from 'zustand';

const useStill = create<{ still: boolean }>(() => ({ still: false }));
const tell = (still: boolean): void => useStill.setState({ still });

void AccessibilityInfo.isReduceMotionEnabled().then(tell);
AccessibilityInfo.addEventListener('reduceMotionChanged', tell);

export const useReducedMotion = (): boolean => useStill(({ still }) => still);
