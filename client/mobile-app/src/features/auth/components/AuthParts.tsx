// Owns the parts that forms before the sign-in share: the password's field, what went wrong, and the way to another form.
import { type Href, Link } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Icon,
  IconButton,
  Input,
  type InputProps,
  makeStyles,
  radius,
  space,
  Text,
  useTheme,
} from '@/design';

export function PasswordInput(props: Omit<InputProps, 'secureTextEntry' | 'trailing'>) {
  const { t } = useTranslation('auth');
  const [shown, setShown] = useState(false);
  return (
    <Input
      autoCapitalize="none"
      autoCorrect={false}
      {...props}
      secureTextEntry={!shown}
      trailing={
        <IconButton
          icon={shown ? 'eye-off-outline' : 'eye-outline'}
          label={t(shown ? 'hidePassword' : 'showPassword')}
          iconSize={20}
          onPress={() => setShown(!shown)}
        />
      }
    />
  );
}

export function Notice({ text, tone }: { text: string; tone: 'danger' | 'success' }) {
  const { colors } = useTheme();
  const styles = useStyles();
  return (
    <View
      role="alert"
      style={[styles.notice, { backgroundColor: tone === 'danger' ? colors.dangerSoft : colors.successSoft }]}
    >
      <Icon name={tone === 'danger' ? 'alert-circle' : 'checkmark-circle'} size={18} color={tone} />
      <Text variant="label" color={tone} style={styles.text}>
        {text}
      </Text>
    </View>
  );
}

export function OtherWay({ question, label, href }: { question?: string; label: string; href: Href }) {
  const styles = useStyles();
  return (
    <View style={styles.way}>
      {question ? <Text color="textMuted">{question}</Text> : null}
      <Link href={href} replace>
        <Text variant="bodyStrong" color="accent">
          {label}
        </Text>
      </Link>
    </View>
  );
}

const useStyles = makeStyles(() => ({
  notice: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.s,
    padding: space.m,
    borderRadius: radius.m,
  },
  text: { flex: 1 },
  way: { flexDirection: 'row', justifyContent: 'center', flexWrap: 'wrap', gap: space.xs + 2 },
}));
