// Owns the decision about what was reported: look at it, do nothing, warn, or the heaviest; all but nothing need a reason.
import { type Href, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Button, makeStyles, space, toast } from '@/design';
import { attempt } from '@/lib/attempt';
import type { Verdict } from '../api';
import { ReasonSheet } from './ReasonSheet';

export interface DecisionButtonsProps {
  /** What was reported: it has words and an icon of its own. */
  about: 'post' | 'person';
  /** Where it is to be seen; null when it is gone. */
  place: Href | null;
  onDecide: (verdict: Verdict, note: string) => Promise<void>;
}

const removes = { post: 'trash-outline', person: 'ban-outline' } as const;

export function DecisionButtons({ about, place, onDecide }: DecisionButtonsProps) {
  const { t } = useTranslation(['moderation', 'report']);
  const styles = useStyles();
  const router = useRouter();
  const [asking, setAsking] = useState<'remove' | 'warn' | null>(null);
  const [busy, setBusy] = useState(false);
  const decide = async (verdict: Verdict, note = '') => {
    setBusy(true);
    const worked = await attempt(() => onDecide(verdict, note));
    setBusy(false);
    setAsking(null);
    if (worked) toast(t(`moderation:${about}_${verdict}_done`));
  };
  return (
    <View style={styles.buttons}>
      {place ? (
        <Button
          compact
          kind="secondary"
          icon="open-outline"
          label={t('moderation:look')}
          onPress={() => router.push(place)}
        />
      ) : null}
      <Button
        compact
        kind="secondary"
        icon="checkmark"
        label={t(`moderation:${about}_dismiss`)}
        busy={busy}
        onPress={() => void decide('dismiss')}
        testID={`${about}-dismiss`}
      />
      <Button
        compact
        kind="secondary"
        icon="alert-circle-outline"
        label={t(`moderation:${about}_warn`)}
        onPress={() => setAsking('warn')}
        testID={`${about}-warn`}
      />
      <Button
        compact
        kind="danger"
        icon={removes[about]}
        label={t(`moderation:${about}_remove`)}
        onPress={() => setAsking('remove')}
        testID={`${about}-remove`}
      />
      {asking ? (
        <ReasonSheet
          title={t(`moderation:${about}_${asking}`)}
          body={t(`moderation:${about}_${asking}_body`)}
          confirm={t(`moderation:${about}_${asking}`)}
          usual={[t('report:spam'), t('report:abuse'), t('report:impersonation')]}
          busy={busy}
          onConfirm={(note) => void decide(asking, note)}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </View>
  );
}

const useStyles = makeStyles(() => ({
  buttons: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
}));
