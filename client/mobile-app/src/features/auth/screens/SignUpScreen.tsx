// Owns the making of an account; what the server refuses stands at its field.
import { ApiProblem } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Input } from '@/design';
import { wordsFor } from '@/lib/words';
import { signedIn } from '@/state/session';
import { authActions } from '../api';
import { AuthFrame } from '../components/AuthFrame';
import { Notice, OtherWay, PasswordInput } from '../components/AuthParts';

const HANDLE = /^[a-z0-9_]{3,30}$/;
const PASSWORD_MIN = 10;
/** Problems that belong to one field, which shows them. */
const fieldOf: Record<string, string> = { 'auth.email_taken': 'email', 'user.handle_taken': 'handle' };

export function SignUpScreen() {
  const { t } = useTranslation('auth');
  const [account, setAccount] = useState({ displayName: '', handle: '', email: '', password: '' });
  const attempt = useMutation({ mutationFn: () => authActions.signUp(account), onSuccess: signedIn });
  const problem = attempt.error instanceof ApiProblem ? attempt.error : null;
  const mistake = (field: keyof typeof account) =>
    problem && fieldOf[problem.code] === field ? wordsFor(problem) : problem?.field(field);
  const general =
    attempt.isError && !Object.keys(account).some((field) => mistake(field as keyof typeof account));
  const ready =
    account.displayName.trim() !== '' &&
    HANDLE.test(account.handle) &&
    account.email.includes('@') &&
    account.password.length >= PASSWORD_MIN;
  const set = (field: keyof typeof account) => (value: string) =>
    setAccount((before) => ({ ...before, [field]: field === 'handle' ? value.toLowerCase() : value }));
  const submit = () => ready && attempt.mutate();

  return (
    <AuthFrame title={t('signUpTitle')}>
      {general ? <Notice tone="danger" text={wordsFor(attempt.error)} /> : null}
      <Input
        label={t('displayName')}
        value={account.displayName}
        onChangeText={set('displayName')}
        error={mistake('displayName')}
        maxLength={60}
        autoComplete="name"
      />
      <Input
        label={t('handle')}
        hint={t('handleHint')}
        value={account.handle}
        onChangeText={set('handle')}
        error={mistake('handle')}
        maxLength={30}
        autoCapitalize="none"
        autoCorrect={false}
        autoComplete="username"
      />
      <Input
        label={t('email')}
        value={account.email}
        onChangeText={set('email')}
        error={mistake('email')}
        autoCapitalize="none"
        autoCorrect={false}
        autoComplete="email"
        inputMode="email"
      />
      <PasswordInput
        label={t('password')}
        hint={t('passwordHint')}
        value={account.password}
        onChangeText={set('password')}
        error={mistake('password')}
        maxLength={128}
        autoComplete="new-password"
        onSubmitEditing={submit}
      />
      <Button wide label={t('createAccount')} busy={attempt.isPending} disabled={!ready} onPress={submit} />
      <OtherWay question={t('haveAccount')} label={t('signIn')} href="/sign-in" />
    </AuthFrame>
  );
}
