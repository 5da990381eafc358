// Owns the sign-in, and its second step where a code is asked for.
import { ApiProblem, isProblemCode } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Input } from '@/design';
import { wordsFor } from '@/lib/words';
import { signedIn, useSession } from '@/state/session';
import { authActions } from '../api';
import { AuthFrame } from '../components/AuthFrame';
import { Notice, OtherWay, PasswordInput } from '../components/AuthParts';

export function SignInScreen() {
  const { t } = useTranslation(['auth', 'problems']);
  const endedBy = useSession((state) => state.endedBy);
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [second, setSecond] = useState(false);
  const attempt = useMutation({
    mutationFn: () => authActions.signIn(login, password, second ? code.trim() : undefined),
    onSuccess: signedIn,
    onError: (failure) => {
      if (failure instanceof ApiProblem && failure.code === 'auth.totp_required') setSecond(true);
    },
  });
  const asked = attempt.error instanceof ApiProblem && attempt.error.code === 'auth.totp_required';
  const ready = second ? code.trim().length >= 6 : login.trim() !== '' && password !== '';
  const submit = () => ready && attempt.mutate();
  const differently = () => {
    attempt.reset();
    setCode('');
    setSecond(false);
  };

  return (
    <AuthFrame title={t(second ? 'auth:codeTitle' : 'auth:welcome')}>
      {endedBy && !attempt.isError ? (
        <Notice
          tone="danger"
          text={isProblemCode(endedBy) ? t(`problems:${endedBy}`) : t('problems:auth.unauthenticated')}
        />
      ) : null}
      {attempt.isError && !asked ? <Notice tone="danger" text={wordsFor(attempt.error)} /> : null}
      {second ? (
        <Input
          label={t('auth:code')}
          hint={t('auth:codeHint')}
          value={code}
          onChangeText={setCode}
          autoFocus
          autoCapitalize="none"
          autoComplete="one-time-code"
          inputMode="text"
          onSubmitEditing={submit}
        />
      ) : (
        <>
          <Input
            label={t('auth:login')}
            value={login}
            onChangeText={setLogin}
            autoCapitalize="none"
            autoCorrect={false}
            autoComplete="username"
            inputMode="email"
            onSubmitEditing={submit}
          />
          <PasswordInput
            label={t('auth:password')}
            value={password}
            onChangeText={setPassword}
            autoComplete="current-password"
            onSubmitEditing={submit}
          />
        </>
      )}
      <Button wide label={t('auth:signIn')} busy={attempt.isPending} disabled={!ready} onPress={submit} />
      {second ? (
        <Button wide kind="ghost" label={t('auth:otherAccount')} onPress={differently} />
      ) : (
        <>
          <OtherWay label={t('auth:forgot')} href="/forgot-password" />
          <OtherWay question={t('auth:noAccount')} label={t('auth:createAccount')} href="/sign-up" />
        </>
      )}
    </AuthFrame>
  );
}
