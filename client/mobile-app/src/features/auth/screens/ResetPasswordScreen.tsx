// Owns the choice of a new password with the code of an e-mail; its link brings the code along.
import { useMutation } from '@tanstack/react-query';
import { useLocalSearchParams } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Input } from '@/design';
import { wordsFor } from '@/lib/words';
import { authActions } from '../api';
import { AuthFrame } from '../components/AuthFrame';
import { Notice, OtherWay, PasswordInput } from '../components/AuthParts';

export function ResetPasswordScreen() {
  const { t } = useTranslation('auth');
  const given = useLocalSearchParams<{ token?: string }>();
  const [token, setToken] = useState(given.token ?? '');
  const [password, setPassword] = useState('');
  const reset = useMutation({ mutationFn: () => authActions.reset(token, password) });
  const ready = token.trim() !== '' && password.length >= 10;
  const submit = () => ready && reset.mutate();
  return (
    <AuthFrame title={t('resetTitle')}>
      {reset.isError ? <Notice tone="danger" text={wordsFor(reset.error)} /> : null}
      {reset.isSuccess ? (
        <Notice tone="success" text={t('resetDone')} />
      ) : (
        <>
          {given.token ? null : (
            <Input
              label={t('resetToken')}
              value={token}
              onChangeText={setToken}
              autoCapitalize="none"
              autoCorrect={false}
              autoComplete="one-time-code"
            />
          )}
          <PasswordInput
            label={t('newPassword')}
            hint={t('passwordHint')}
            value={password}
            onChangeText={setPassword}
            maxLength={128}
            autoComplete="new-password"
            onSubmitEditing={submit}
          />
          <Button wide label={t('resetSubmit')} busy={reset.isPending} disabled={!ready} onPress={submit} />
        </>
      )}
      <OtherWay label={t('signIn')} href="/sign-in" />
    </AuthFrame>
  );
}
