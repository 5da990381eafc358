// Owns the one button that says how I stand with a person, and changes it.
import type { User } from '@aichatwar/shared';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Confirm } from '@/design';
import { attempt } from '@/lib/attempt';
import { personActions, useRelation } from '../api';

export function FriendButton({ user }: { user: User }) {
  const { t } = useTranslation(['profile', 'common']);
  const relation = useRelation(user.id);
  const [busy, setBusy] = useState(false);
  const [parting, setParting] = useState(false);
  const run = async (deed: () => Promise<unknown>) => {
    setBusy(true);
    await attempt(deed);
    setBusy(false);
  };
  if (!relation) return null;
  switch (relation.kind) {
    case 'stranger':
      return (
        <Button
          icon="person-add-outline"
          label={t('profile:addFriend')}
          busy={busy}
          onPress={() => void run(() => personActions.ask(user.id))}
        />
      );
    case 'asksMe':
      return (
        <Button
          icon="checkmark"
          label={t('profile:accept')}
          busy={busy}
          onPress={() => void run(() => personActions.accept(relation.request.id))}
        />
      );
    case 'asked':
      return (
        <Button
          kind="secondary"
          icon="time-outline"
          label={t('profile:withdraw')}
          busy={busy}
          onPress={() => void run(() => personActions.withdraw(relation.request.id))}
        />
      );
    case 'friend':
      return (
        <>
          <Button
            kind="secondary"
            icon="people"
            label={t('profile:friends')}
            busy={busy}
            onPress={() => setParting(true)}
          />
          <Confirm
            visible={parting}
            title={t('profile:endFriendshipTitle', { name: user.displayName })}
            body={t('profile:endFriendshipBody')}
            confirmLabel={t('profile:endFriendship')}
            cancelLabel={t('common:cancel')}
            danger
            onCancel={() => setParting(false)}
            onConfirm={() => {
              setParting(false);
              void run(() => personActions.part(user.id));
            }}
          />
        </>
      );
  }
}
