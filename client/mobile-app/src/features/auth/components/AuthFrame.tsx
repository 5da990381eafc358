// Owns the frame of all screens before the sign-in: the sign of the product, a form that is never too wide.
import { Image } from 'expo-image';
import type { PropsWithChildren } from 'react';
import { useTranslation } from 'react-i18next';
import { KeyboardAvoidingView, ScrollView, View } from 'react-native';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import { makeStyles, radius, size, space, Text } from '@/design';

export function AuthFrame({ title, body, children }: PropsWithChildren<{ title: string; body?: string }>) {
  const { t } = useTranslation('auth');
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  return (
    <KeyboardAvoidingView style={styles.screen} behavior="padding">
      <ScrollView
        contentContainerStyle={[
          styles.scroll,
          { paddingTop: insets.top + space.xl, paddingBottom: insets.bottom + space.xl },
        ]}
        keyboardShouldPersistTaps="handled"
      >
        <View style={styles.form}>
          <View style={styles.head}>
            <Image source={require('../../../../assets/icon.png')} style={styles.sign} aria-hidden />
            <Text variant="display" role="heading" align="center">
              {title}
            </Text>
            <Text color="textMuted" align="center">
              {body ?? t('tagline')}
            </Text>
          </View>
          {children}
        </View>
      </ScrollView>
    </KeyboardAvoidingView>
  );
}

const useStyles = makeStyles((colors) => ({
  screen: { flex: 1, backgroundColor: colors.canvas },
  scroll: { flexGrow: 1, justifyContent: 'center', paddingHorizontal: space.xl },
  form: { width: '100%', maxWidth: size.form, alignSelf: 'center', gap: space.l },
  head: { alignItems: 'center', gap: space.s, paddingBottom: space.s },
  sign: { width: 64, height: 64, borderRadius: radius.l, marginBottom: space.s },
}));
