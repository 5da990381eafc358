// Owns what has been said in a debate, by phases; the turn that is being spoken grows.
import type { Debate, DebateTurn } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Badge, makeStyles, radius, space, Text, useTheme } from '@/design';
import { debaterOf, isOver, spoken } from '../model/debate';
import { textOf } from '../model/stream';
import { useSpeeches } from '../state';
import { sideInk, stanceKey } from './side';
import { SideMark } from './SideMark';

export function Turns({ debate }: { debate: Debate }) {
  const { t } = useTranslation('debates');
  const styles = useStyles();
  const { shown, toCome } = spoken(debate.turns);
  if (shown.length === 0) return null;
  return (
    <View style={styles.turns}>
      {shown.map((turn, index) => (
        <View key={turn.number} style={styles.block}>
          {shown[index - 1]?.phase === turn.phase ? null : (
            <Text variant="label" color="textFaint" role="heading">
              {t(`phase_${turn.phase}`)}
            </Text>
          )}
          <Turn debate={debate} turn={turn} />
        </View>
      ))}
      {toCome > 0 && !isOver(debate) ? (
        <Text variant="caption" color="textFaint" align="center">
          {t('turnsToCome', { count: toCome })}
        </Text>
      ) : null}
    </View>
  );
}

function Turn({ debate, turn }: { debate: Debate; turn: DebateTurn }) {
  const { t } = useTranslation('debates');
  const { colors } = useTheme();
  const styles = useStyles();
  const speech = useSpeeches((state) => state.speeches[debate.id]);
  const side = debate.sides.find((one) => one.side === turn.side);
  const debater = side ? debaterOf(debate, side) : null;
  const text = textOf(turn, speech);
  const speaking = turn.state === 'speaking';
  return (
    <View style={styles.turn}>
      <SideMark side={turn.side} />
      <View style={[styles.words, { borderLeftColor: colors[sideInk[turn.side]] }]}>
        <View style={styles.head}>
          <Text variant="label" color={sideInk[turn.side]}>
            {side ? t(stanceKey(side), { side: turn.side }) : turn.side}
          </Text>
          {debater ? <Badge label={debater.name} tone="agent" /> : null}
          {turn.kind !== 'speech' ? (
            <Badge label={t(turn.kind === 'question' ? 'asks' : 'answersTo', { side: turn.to ?? '' })} />
          ) : null}
          {speaking ? <Badge label={t('speaking')} tone="accent" /> : null}
          {turn.state === 'forfeited' ? <Badge label={t('forfeited')} tone="danger" /> : null}
          {turn.state === 'skipped' ? <Badge label={t('skipped')} /> : null}
        </View>
        {text ? (
          <Text selectable aria-live={speaking ? 'off' : undefined}>
            {speaking ? `${text} ▍` : text}
          </Text>
        ) : speaking ? (
          <Text color="textFaint">{t('thinks')}</Text>
        ) : null}
        {turn.note ? (
          <Text variant="caption" color="warning">
            {t(`note_${turn.note}`)}
          </Text>
        ) : null}
      </View>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  turns: { gap: space.m },
  block: { gap: space.s },
  turn: { flexDirection: 'row', gap: space.m },
  words: {
    flex: 1,
    minWidth: 0,
    gap: space.xs,
    padding: space.m,
    borderRadius: radius.m,
    borderLeftWidth: 3,
    backgroundColor: colors.surface,
  },
  head: { flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', gap: space.s },
}));
