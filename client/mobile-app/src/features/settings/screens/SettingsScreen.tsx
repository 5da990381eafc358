// Owns the settings of person and device.
import { type Href, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Avatar,
  Button,
  Card,
  Confirm,
  Icon,
  ListItem,
  makeStyles,
  Screen,
  ScrollBody,
  Section,
  SegmentedControl,
  space,
  Text,
  type ThemeChoice,
} from '@/design';
import { ProfileRows } from '@/features/profile/components/ProfileRows';
import { type LanguageChoice, usePreferences } from '@/state/preferences';
import { signOut, useSession } from '@/state/session';

export function SettingsScreen() {
  const { t } = useTranslation(['settings', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const me = useSession((state) => state.me);
  const { theme, language } = usePreferences();
  const [leaving, setLeaving] = useState(false);
  const [busy, setBusy] = useState(false);
  const themes: { value: ThemeChoice; label: string }[] = [
    { value: 'system', label: t('settings:themeSystem') },
    { value: 'light', label: t('settings:themeLight') },
    { value: 'dark', label: t('settings:themeDark') },
  ];
  // Languages are called by their own names, whichever is on.
  const choices: { value: LanguageChoice; label: string }[] = [
    { value: 'system', label: t('settings:languageSystem') },
    { value: 'en', label: 'English' },
    { value: 'de', label: 'Deutsch' },
  ];
  return (
    <Screen narrow title={t('common:settings')} large>
      <ScrollBody>
        {me ? (
          <Card style={styles.me}>
            <Avatar id={me.id} name={me.displayName} uri={me.avatarUrl} size={56} />
            <View style={styles.words}>
              <Text variant="title" numberOfLines={1}>
                {me.displayName}
              </Text>
              <Text color="textMuted">@{me.handle}</Text>
            </View>
          </Card>
        ) : null}
        <View style={styles.group}>
          <Text variant="label" color="textFaint" role="heading" style={styles.title}>
            {t('settings:appearance')}
          </Text>
          <SegmentedControl
            label={t('settings:appearance')}
            segments={themes}
            value={theme}
            onChange={(value) => usePreferences.setState({ theme: value })}
          />
        </View>
        <View style={styles.group}>
          <Text variant="label" color="textFaint" role="heading" style={styles.title}>
            {t('settings:language')}
          </Text>
          <SegmentedControl
            label={t('settings:language')}
            segments={choices}
            value={language}
            onChange={(value) => usePreferences.setState({ language: value })}
          />
        </View>
        <ProfileRows />
        <Section title={t('settings:account')}>
          <ListItem
            title={t('settings:security')}
            subtitle={t('settings:securityBody')}
            leading={<Icon name="key-outline" color="textMuted" />}
            chevron
            onPress={() => router.push('/settings/security' as Href)}
          />
          <ListItem
            title={t('settings:sessions')}
            subtitle={t('settings:sessionsBody')}
            leading={<Icon name="phone-portrait-outline" color="textMuted" />}
            chevron
            onPress={() => router.push('/settings/sessions')}
          />
        </Section>
        <Button
          kind="secondary"
          icon="log-out-outline"
          label={t('settings:signOut')}
          onPress={() => setLeaving(true)}
        />
        <Confirm
          visible={leaving}
          title={t('settings:signOut')}
          body={t('settings:signOutBody')}
          confirmLabel={t('settings:signOut')}
          cancelLabel={t('common:cancel')}
          busy={busy}
          onCancel={() => setLeaving(false)}
          onConfirm={() => {
            setBusy(true);
            void signOut();
          }}
        />
      </ScrollBody>
    </Screen>
  );
}

const useStyles = makeStyles(() => ({
  me: { flexDirection: 'row', alignItems: 'center', gap: space.l },
  words: { flex: 1, minWidth: 0 },
  group: { gap: space.s },
  title: { paddingHorizontal: space.xs },
}));
