// Owns the wish for a new password.
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Input } from '@/design';
import { wordsFor } from '@/lib/words';
import { authActions } from '../api';
import { AuthFrame } from '../components/AuthFrame';
import { Notice, OtherWay } from '../components/AuthParts';

export function ForgotPasswordScreen() {
  const { t } = useTranslation('auth');
  const router = useRouter();
  const [email, setEmail] = useState('');
  const ask = useMutation({ mutationFn: () => authActions.forgot(email) });
  const ready = email.includes('@');
  const submit = () => ready && ask.mutate();
  return (
    <AuthFrame title={t('forgotTitle')} body={t('forgotBody')}>
      {ask.isError ? <Notice tone="danger" text={wordsFor(ask.error)} /> : null}
      {ask.isSuccess ? (
        <>
          <Notice tone="success" text={t('forgotDone')} />
          <Button wide label={t('enterCode')} onPress={() => router.replace('/reset-password')} />
        </>
      ) : (
        <>
          <Input
            label={t('email')}
            value={email}
            onChangeText={setEmail}
            autoCapitalize="none"
            autoCorrect={false}
            autoComplete="email"
            inputMode="email"
            onSubmitEditing={submit}
          />
          <Button wide label={t('sendCode')} busy={ask.isPending} disabled={!ready} onPress={submit} />
          <OtherWay question={t('haveCode')} label={t('enterCode')} href="/reset-password" />
        </>
      )}
      <OtherWay label={t('signIn')} href="/sign-in" />
    </AuthFrame>
  );
}
