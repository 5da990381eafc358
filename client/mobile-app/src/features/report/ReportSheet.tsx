// Owns how something is reported to the moderators: what is wrong with it, and in one's own words.
import type { ReportReason } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Button, Icon, Input, ListItem, makeStyles, Sheet, space, toast } from '@/design';
import { wordsFor } from '@/lib/words';

const REASONS: readonly ReportReason[] = ['spam', 'abuse', 'impersonation', 'other'];
const DETAIL_MAX = 1_000;

export interface ReportSheetProps {
  visible: boolean;
  onClose: () => void;
  onReport: (reason: ReportReason, detail: string) => Promise<unknown>;
}

export function ReportSheet({ visible, onClose, onReport }: ReportSheetProps) {
  const { t } = useTranslation(['report', 'common']);
  const styles = useStyles();
  const [reason, setReason] = useState<ReportReason | null>(null);
  const [detail, setDetail] = useState('');
  const close = () => {
    setReason(null);
    setDetail('');
    onClose();
  };
  const send = useMutation({
    mutationFn: (chosen: ReportReason) => onReport(chosen, detail.trim()),
    onSuccess: () => {
      close();
      toast(t('report:reported'));
    },
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  return (
    <Sheet visible={visible} title={t('report:what')} closeLabel={t('common:close')} onClose={close}>
      <View role="radiogroup" aria-label={t('report:what')}>
        {REASONS.map((one) => (
          <ListItem
            key={one}
            role="radio"
            title={t(`report:${one}`)}
            selected={reason === one}
            trailing={reason === one ? <Icon name="checkmark" size={20} color="accent" /> : null}
            onPress={() => setReason(one)}
          />
        ))}
      </View>
      <View style={styles.body}>
        <Input
          label={t('report:detail')}
          value={detail}
          onChangeText={setDetail}
          multiline
          maxLength={DETAIL_MAX}
        />
        <Button
          kind="danger"
          label={t('report:send')}
          disabled={!reason}
          busy={send.isPending}
          onPress={() => reason && send.mutate(reason)}
        />
      </View>
    </Sheet>
  );
}

const useStyles = makeStyles(() => ({
  body: { paddingHorizontal: space.l, paddingVertical: space.m, gap: space.m },
}));
