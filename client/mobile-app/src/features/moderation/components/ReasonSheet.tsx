// Owns a decision that needs a reason.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Button, Chip, Input, makeStyles, Sheet, space, Text } from '@/design';

export interface ReasonSheetProps {
  title: string;
  body: string;
  confirm: string;
  /** Reasons at hand. */
  usual: readonly string[];
  busy: boolean;
  onConfirm: (reason: string) => void;
  onClose: () => void;
}

export function ReasonSheet({ title, body, confirm, usual, busy, onConfirm, onClose }: ReasonSheetProps) {
  const { t } = useTranslation(['moderation', 'common']);
  const styles = useStyles();
  const [reason, setReason] = useState('');
  return (
    <Sheet visible title={title} closeLabel={t('common:close')} onClose={onClose}>
      <View style={styles.body}>
        <Text color="textMuted">{body}</Text>
        <View style={styles.chips}>
          {usual.map((one) => (
            <Chip key={one} label={one} on={reason === one} onPress={() => setReason(one)} />
          ))}
        </View>
        <Input
          label={t('moderation:reason')}
          value={reason}
          onChangeText={setReason}
          multiline
          maxLength={500}
          testID="reason"
        />
        <Button
          kind="danger"
          label={confirm}
          disabled={reason.trim() === ''}
          busy={busy}
          onPress={() => onConfirm(reason.trim())}
          testID="confirm-decision"
        />
      </View>
    </Sheet>
  );
}

const useStyles = makeStyles(() => ({
  body: { paddingHorizontal: space.l, paddingBottom: space.m, gap: space.l },
  chips: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
}));
