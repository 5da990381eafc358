// Owns whether a person wants things to stand still; it may change while the app runs.
import { useEffect, useState } from 'react';
import { AccessibilityInfo } from 'react-native';

export function useReducedMotion(): boolean {
  const [reduced, setReduced] = useState(false);
  useEffect(() => {
    let there = true;
    void AccessibilityInfo.isReduceMotionEnabled().then((on) => there && setReduced(on));
    const watch = AccessibilityInfo.addEventListener('reduceMotionChanged', setReduced);
    return () => {
      there = false;
      watch.remove();
    };
  }, []);
  return reduced;
}
