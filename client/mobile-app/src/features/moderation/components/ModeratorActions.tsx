// Owns what a moderator may do with a card and its seller.
import type { ModelCard } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Button, makeStyles, space, Text, toast } from '@/design';
import { marketKeys } from '@/features/market/api';
import { queryClient } from '@/lib/query';
import { wordsFor } from '@/lib/words';
import { myId } from '@/state/session';
import { moderationActions, moderationKeys } from '../api';
import { ReasonSheet } from './ReasonSheet';

type Decision = 'approve' | 'reject' | 'suspend' | 'reinstate' | 'ban';
const withReason = { reject: true, suspend: true, ban: true } as const;
type Reasoned = keyof typeof withReason;
const isReasoned = (decision: Decision): decision is Reasoned => decision in withReason;

const icons = {
  approve: 'checkmark',
  reject: 'close',
  suspend: 'pause',
  reinstate: 'play',
  ban: 'ban',
} as const;

/** Which decisions a card's state is open to. */
export function decisionsFor(card: Pick<ModelCard, 'status' | 'draft'>): Decision[] {
  const waits = card.status === 'submitted' || card.draft?.status === 'submitted';
  return [
    ...(waits ? (['approve', 'reject'] as const) : []),
    ...(card.status === 'published' ? (['suspend'] as const) : []),
    ...(card.status === 'suspended' ? (['reinstate'] as const) : []),
  ];
}

export function ModeratorActions({ card, onDecided }: { card: ModelCard; onDecided?: () => void }) {
  const { t } = useTranslation('moderation');
  const styles = useStyles();
  const [asking, setAsking] = useState<Reasoned | null>(null);
  const decide = useMutation({
    mutationFn: async ({ decision, reason }: { decision: Decision; reason: string }) => {
      if (decision === 'ban') await moderationActions.ban(card.sellerId, reason);
      else if (isReasoned(decision)) await moderationActions[decision](card.id, reason);
      else await moderationActions[decision](card.id);
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: moderationKeys.cards }),
        queryClient.invalidateQueries({ queryKey: marketKeys.card(card.id) }),
        queryClient.invalidateQueries({ queryKey: ['cards'] }),
      ]);
      return decision;
    },
    onSuccess: (decision) => {
      setAsking(null);
      toast(t(`did_${decision}`));
      onDecided?.();
    },
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  const decisions: Decision[] = [
    ...decisionsFor(card),
    ...(card.sellerId === myId() ? [] : (['ban'] as const)),
  ];
  if (decisions.length === 0) return null;
  return (
    <View style={styles.card}>
      <Text variant="label" color="textFaint" role="heading">
        {t('decide')}
      </Text>
      <View style={styles.buttons}>
        {decisions.map((decision) => (
          <Button
            key={decision}
            testID={decision}
            icon={icons[decision]}
            kind={
              decision === 'approve' || decision === 'reinstate'
                ? 'primary'
                : decision === 'ban'
                  ? 'ghost'
                  : 'secondary'
            }
            label={t(decision)}
            busy={decide.isPending && decide.variables.decision === decision}
            onPress={() =>
              isReasoned(decision) ? setAsking(decision) : decide.mutate({ decision, reason: '' })
            }
          />
        ))}
      </View>
      {asking ? (
        <ReasonSheet
          title={t(asking)}
          body={t(`body_${asking}`)}
          confirm={t(asking)}
          usual={[t('usual1'), t('usual2'), t('usual3'), t('usual4')]}
          busy={decide.isPending}
          onConfirm={(reason) => decide.mutate({ decision: asking, reason })}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  card: { gap: space.m, paddingTop: space.m, borderTopWidth: 1, borderTopColor: colors.border },
  buttons: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
}));
