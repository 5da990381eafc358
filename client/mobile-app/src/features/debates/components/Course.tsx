// Owns where a debate stands in its course.
import type { DebatePhase } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { makeStyles, radius, space, Text } from '@/design';
import { course } from '../model/debate';

export function Course({ phase }: { phase: DebatePhase }) {
  const { t } = useTranslation('debates');
  const styles = useStyles();
  const here = course.findIndex((one) => one === phase);
  return (
    <View style={styles.course} role="img" aria-label={t('phaseIs', { phase: t(`phase_${phase}`) })}>
      <View style={styles.bars}>
        {course.map((one, index) => (
          <View key={one} style={[styles.bar, index < here && styles.past, index === here && styles.now]} />
        ))}
      </View>
      <Text variant="label" color={phase === 'cancelled' ? 'danger' : 'accent'}>
        {t(`phase_${phase}`)}
      </Text>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  course: { gap: space.s },
  bars: { flexDirection: 'row', gap: space.xs },
  bar: { flex: 1, height: 5, borderRadius: radius.full, backgroundColor: colors.raised },
  past: { backgroundColor: colors.accentSoft },
  now: { backgroundColor: colors.accent },
}));
