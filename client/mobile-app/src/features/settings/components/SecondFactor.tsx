// Owns the second factor: the secret for an authenticator app, its first code, the codes for a bad day, and the way back.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Badge, Button, Card, Input, makeStyles, mono, radius, space, Text, toast } from '@/design';
import { PasswordInput } from '@/features/auth/components/AuthParts';
import { attempt } from '@/lib/attempt';
import { copyText } from '@/lib/copyText';
import { isTouch } from '@/lib/device';
import { openOutside } from '@/lib/links';
import { settingsActions } from '../api';

const CODE_MIN = 6;

/** As people copy it by hand. */
const inFours = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;

type Step =
  | { kind: 'closed' }
  | { kind: 'enrolled'; secret: string; url: string }
  | { kind: 'codes'; codes: readonly string[] }
  | { kind: 'leaving' };

export function SecondFactor({ on }: { on: boolean }) {
  const { t } = useTranslation(['settings', 'auth', 'common']);
  const styles = useStyles();
  const [step, setStep] = useState<Step>({ kind: 'closed' });
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const close = () => {
    setStep({ kind: 'closed' });
    setCode('');
    setPassword('');
  };
  const run = async (deed: () => Promise<Step>) => {
    setBusy(true);
    await attempt(async () => {
      const next = await deed();
      close();
      setStep(next);
    });
    setBusy(false);
  };
  const enroll = () =>
    run(async () => {
      const { secret, otpauthUrl } = await settingsActions.enroll();
      return { kind: 'enrolled', secret, url: otpauthUrl };
    });
  const confirm = () =>
    run(async () => ({ kind: 'codes', codes: (await settingsActions.confirm(code.trim())).recoveryCodes }));
  const disable = () =>
    run(async () => {
      await settingsActions.disable(password, code.trim());
      toast(t('settings:secondOff'));
      return { kind: 'closed' };
    });
  const codeInput = (hint: string, submit: () => void) => (
    <Input
      label={t('auth:code')}
      hint={hint}
      value={code}
      onChangeText={setCode}
      autoCapitalize="none"
      autoComplete="one-time-code"
      onSubmitEditing={() => code.trim().length >= CODE_MIN && submit()}
      testID="second-code"
    />
  );
  return (
    <Card style={styles.card}>
      <View style={styles.head}>
        <Text variant="heading" role="heading" style={styles.grow}>
          {t('settings:second')}
        </Text>
        {on ? <Badge label={t('settings:on')} tone="accent" /> : null}
      </View>
      <Text color="textMuted">{t('settings:secondBody')}</Text>
      {step.kind === 'closed' ? (
        <Button
          kind="secondary"
          icon="shield-checkmark-outline"
          label={t(on ? 'settings:turnOff' : 'settings:setUp')}
          busy={busy}
          onPress={() => (on ? setStep({ kind: 'leaving' }) : void enroll())}
          testID="second-factor"
        />
      ) : null}
      {step.kind === 'enrolled' ? (
        <>
          <Text>{t('settings:secretBody')}</Text>
          <Text selectable style={styles.secret} testID="secret">
            {inFours(step.secret)}
          </Text>
          <View style={styles.row}>
            <Button
              compact
              kind="secondary"
              icon="copy-outline"
              label={t('common:copy')}
              onPress={() => copyText(step.secret)}
            />
            {isTouch ? (
              <Button
                compact
                kind="secondary"
                icon="open-outline"
                label={t('settings:openAuthenticator')}
                onPress={() => openOutside(step.url)}
              />
            ) : null}
          </View>
          {codeInput(t('settings:firstCode'), () => void confirm())}
          <Button
            label={t('settings:turnOn')}
            disabled={code.trim().length < CODE_MIN}
            busy={busy}
            onPress={() => void confirm()}
            testID="second-confirm"
          />
        </>
      ) : null}
      {step.kind === 'codes' ? (
        <>
          <Text>{t('settings:recoveryBody')}</Text>
          <Text selectable style={styles.secret} testID="recovery-codes">
            {step.codes.join('\n')}
          </Text>
          <View style={styles.row}>
            <Button
              compact
              kind="secondary"
              icon="copy-outline"
              label={t('common:copy')}
              onPress={() => copyText(step.codes.join('\n'))}
            />
            <Button compact label={t('settings:kept')} onPress={close} />
          </View>
        </>
      ) : null}
      {step.kind === 'leaving' ? (
        <>
          <PasswordInput
            label={t('settings:currentPassword')}
            value={password}
            onChangeText={setPassword}
            autoComplete="current-password"
          />
          {codeInput(t('auth:codeHint'), () => void disable())}
          <Button
            kind="danger"
            label={t('settings:turnOff')}
            disabled={password === '' || code.trim().length < CODE_MIN}
            busy={busy}
            onPress={() => void disable()}
            testID="second-disable"
          />
        </>
      ) : null}
      {step.kind === 'enrolled' || step.kind === 'leaving' ? (
        <Button kind="ghost" label={t('common:cancel')} onPress={close} />
      ) : null}
    </Card>
  );
}

const useStyles = makeStyles((colors) => ({
  card: { gap: space.m },
  head: { flexDirection: 'row', alignItems: 'center', gap: space.s },
  grow: { flex: 1 },
  row: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
  secret: {
    fontFamily: mono,
    backgroundColor: colors.code,
    borderRadius: radius.m,
    padding: space.m,
    letterSpacing: 0.5,
  },
}));
