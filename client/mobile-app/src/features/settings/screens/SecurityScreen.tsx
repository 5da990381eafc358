// Owns how a person guards the account: another password, and a code asked for at each sign-in.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  Button,
  Card,
  ErrorState,
  makeStyles,
  Screen,
  ScrollBody,
  SkeletonRows,
  space,
  Text,
  toast,
} from '@/design';
import { PasswordInput } from '@/features/auth/components/AuthParts';
import { useMe } from '@/features/profile/api';
import { attempt } from '@/lib/attempt';
import { wordsFor } from '@/lib/words';
import { settingsActions } from '../api';
import { SecondFactor } from '../components/SecondFactor';

const PASSWORD_MIN = 10;

export function SecurityScreen() {
  const { t } = useTranslation(['settings', 'common']);
  const me = useMe();
  return (
    <Screen narrow title={t('settings:security')} back={{ label: t('common:back'), fallback: '/settings' }}>
      {me.data ? (
        <ScrollBody>
          <SecondFactor on={me.data.totpEnabled} />
          <Password />
        </ScrollBody>
      ) : me.isError ? (
        <ErrorState
          title={t('common:somethingWrong')}
          body={wordsFor(me.error)}
          retry={{ label: t('common:retry'), onPress: () => void me.refetch() }}
        />
      ) : (
        <SkeletonRows rows={3} label={t('common:loading')} />
      )}
    </Screen>
  );
}

function Password() {
  const { t } = useTranslation(['settings', 'auth']);
  const styles = useStyles();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [busy, setBusy] = useState(false);
  const ready = current !== '' && next.length >= PASSWORD_MIN;
  const change = async () => {
    if (!ready || busy) return;
    setBusy(true);
    const worked = await attempt(() => settingsActions.changePassword(current, next));
    setBusy(false);
    if (!worked) return;
    setCurrent('');
    setNext('');
    toast(t('settings:passwordChanged'));
  };
  return (
    <Card style={styles.card}>
      <Text variant="heading" role="heading">
        {t('settings:password')}
      </Text>
      <Text color="textMuted">{t('settings:passwordBody')}</Text>
      <PasswordInput
        label={t('settings:currentPassword')}
        value={current}
        onChangeText={setCurrent}
        autoComplete="current-password"
      />
      <PasswordInput
        label={t('auth:newPassword')}
        hint={t('auth:passwordHint')}
        value={next}
        onChangeText={setNext}
        autoComplete="new-password"
        onSubmitEditing={() => void change()}
      />
      <Button
        label={t('auth:resetSubmit')}
        disabled={!ready}
        busy={busy}
        onPress={() => void change()}
        testID="change-password"
      />
    </Card>
  );
}

const useStyles = makeStyles(() => ({ card: { gap: space.m } }));
