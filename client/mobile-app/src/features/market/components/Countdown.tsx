// Owns the time that is left, by the server's clock: seen as a ring, said at a minute and at ten seconds, and over at the end.
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AppState, View } from 'react-native';
import Svg, { Circle } from 'react-native-svg';
import { type ColorName, makeStyles, space, Text, useTheme } from '@/design';
import { serverNow } from '@/lib/api';
import { clockWords, secondsLeft, untilNextSecond, type Urgency, urgencyOf } from '../model/countdown';

/**
 * Seconds until a moment of the server. Each tick asks the clock anew, so nothing drifts, and what the device slept
 * through is made good as soon as it wakes.
 */
export function useSecondsLeft(expiresAt: string, now: () => number = serverNow): number {
  const [seconds, setSeconds] = useState(() => secondsLeft(expiresAt, now()));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tick = () => {
      clearTimeout(timer);
      setSeconds(secondsLeft(expiresAt, now()));
      const wait = untilNextSecond(expiresAt, now());
      if (wait > 0) timer = setTimeout(tick, wait);
    };
    tick();
    const woken = AppState.addEventListener('change', (state) => state === 'active' && tick());
    return () => {
      clearTimeout(timer);
      woken.remove();
    };
  }, [expiresAt, now]);
  return seconds;
}

const inks: Record<Urgency, ColorName> = {
  calm: 'accent',
  soon: 'warning',
  last: 'danger',
  over: 'textFaint',
};

export interface CountdownProps {
  startedAt: string;
  expiresAt: string;
  onOver?: () => void;
  now?: () => number;
}

const SIZE = 132;
const WIDTH = 7;
const RADIUS = (SIZE - WIDTH) / 2;
const LENGTH = 2 * Math.PI * RADIUS;

export function Countdown({ startedAt, expiresAt, onOver, now }: CountdownProps) {
  const { t } = useTranslation('market');
  const { colors } = useTheme();
  const styles = useStyles();
  const seconds = useSecondsLeft(expiresAt, now);
  const urgency = urgencyOf(seconds);
  const whole = Math.max(1, (Date.parse(expiresAt) - Date.parse(startedAt)) / 1_000);
  const over = useRef(onOver);
  useEffect(() => {
    over.current = onOver;
  }, [onOver]);
  useEffect(() => {
    if (urgency === 'over') over.current?.();
  }, [urgency]);
  const warning =
    urgency === 'soon'
      ? t('timeSoon')
      : urgency === 'last'
        ? t('timeLast')
        : urgency === 'over'
          ? t('timeOver')
          : '';
  return (
    <View style={styles.countdown}>
      <View style={styles.ring} role="timer" aria-label={t('timeLeft', { time: clockWords(seconds) })}>
        <Svg width={SIZE} height={SIZE} style={styles.turned} aria-hidden>
          <Circle
            cx={SIZE / 2}
            cy={SIZE / 2}
            r={RADIUS}
            stroke={colors.raised}
            strokeWidth={WIDTH}
            fill="none"
          />
          <Circle
            cx={SIZE / 2}
            cy={SIZE / 2}
            r={RADIUS}
            stroke={colors[inks[urgency]]}
            strokeWidth={WIDTH}
            strokeLinecap="round"
            fill="none"
            strokeDasharray={`${LENGTH} ${LENGTH}`}
            strokeDashoffset={LENGTH * (1 - Math.min(1, seconds / whole))}
          />
        </Svg>
        <View style={styles.words}>
          <Text
            testID="countdown"
            variant="display"
            color={urgency === 'calm' ? 'text' : inks[urgency]}
            style={styles.digits}
          >
            {clockWords(seconds)}
          </Text>
          <Text variant="caption" color="textMuted">
            {t('toPay')}
          </Text>
        </View>
      </View>
      <View aria-live="assertive" role="alert">
        {warning ? (
          <Text variant="label" color={inks[urgency]} align="center">
            {warning}
          </Text>
        ) : null}
      </View>
    </View>
  );
}

const useStyles = makeStyles(() => ({
  countdown: { alignItems: 'center', gap: space.s },
  ring: { width: SIZE, height: SIZE, alignItems: 'center', justifyContent: 'center' },
  turned: { position: 'absolute', transform: [{ rotate: '-90deg' }] },
  words: { alignItems: 'center' },
  digits: { fontVariant: ['tabular-nums'] },
}));
