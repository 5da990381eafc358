// Owns how a person guards the account: another password, and a code asked for at each sign-in.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Card, makeStyles, Screen, ScrollBody, space, Text, toast } from '@/design';
import { PasswordInput } from '@/features/auth/components/AuthParts';
import { useMe } from '@/features/profile/api';
import { attempt } from '@/lib/attempt';
import { Loaded } from '@/shell/Loaded';
import { settingsActions } from '../api';
import { SecondFactor } from '../components/SecondFactor';

const PASSWORD_MIN = 10;

export function SecurityScreen() {
  const { t } = useTranslation(['settings', 'common']);
  const me = useMe();
  return (
    <Screen narrow title={t('settings:security')} back={{ label: t('common:back'), fallback: '/settings' }}>
      <Loaded query={me} rows={3}>
        {(found) => (
          <ScrollBody>
            <SecondFactor on={found.totpEnabled} />
            <Password />
          </ScrollBody>
        )}
      </Loaded>
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
