// Owns the switch of pushes to this very device.
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Icon, ListItem, Switch, toast } from '@/design';
import { wordsFor } from '@/lib/words';
import { disablePush, enablePush, pushState } from '../push';

export function PushRow() {
  const { t } = useTranslation('notifications');
  const state = useQuery({ queryKey: ['pushState'], queryFn: pushState, staleTime: 0 });
  const change = useMutation({
    mutationFn: (on: boolean) => (on ? enablePush() : disablePush()),
    onSettled: () => state.refetch(),
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  const now = state.data ?? 'off';
  return (
    <ListItem
      title={t('pushHere')}
      subtitle={t(
        now === 'on'
          ? 'pushOn'
          : now === 'denied'
            ? 'pushDenied'
            : now === 'unsupported'
              ? 'pushUnsupported'
              : 'pushOff',
      )}
      leading={<Icon name="phone-portrait-outline" color="textMuted" />}
      trailing={
        <Switch
          label={t('pushHere')}
          value={now === 'on'}
          disabled={state.isPending || change.isPending || now === 'unsupported' || now === 'denied'}
          onChange={(on) => change.mutate(on)}
        />
      }
    />
  );
}
