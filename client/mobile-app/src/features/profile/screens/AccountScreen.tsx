// Owns how a person takes their data along, and how an account ends.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Button, Card, Input, makeStyles, Screen, ScrollBody, Sheet, space, Text, toast } from '@/design';
import { attempt } from '@/lib/attempt';
import { byWish, signOut, useSession } from '@/state/session';
import { accountActions } from '../api';
import { collectExport } from '../export';
import { saveFile } from '../saveFile';

export function AccountScreen() {
  const { t } = useTranslation(['profile', 'common']);
  const styles = useStyles();
  const handle = useSession((state) => state.me?.handle ?? '');
  const [collecting, setCollecting] = useState(false);
  const [erasing, setErasing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [password, setPassword] = useState('');
  const collect = async () => {
    setCollecting(true);
    await attempt(async () => {
      const saved = await saveFile(`aichat-${handle}.jsonl`, await collectExport(), 'application/x-ndjson');
      if (saved) toast(t('profile:exported'));
    });
    setCollecting(false);
  };
  const erase = async () => {
    setBusy(true);
    const gone = await attempt(() => byWish(() => accountActions.erase(password)));
    setBusy(false);
    if (gone) await signOut();
  };
  const close = () => {
    setErasing(false);
    setPassword('');
  };
  return (
    <Screen narrow title={t('profile:account')} back={{ label: t('common:back'), fallback: '/settings' }}>
      <ScrollBody>
        <Card style={styles.card}>
          <Text variant="heading" role="heading">
            {t('profile:export')}
          </Text>
          <Text color="textMuted">{t('profile:exportBody')}</Text>
          <Button
            kind="secondary"
            icon="download-outline"
            label={t('profile:export')}
            busy={collecting}
            onPress={() => void collect()}
            testID="export"
          />
        </Card>
        <Card style={styles.card}>
          <Text variant="heading" role="heading">
            {t('profile:erase')}
          </Text>
          <Text color="textMuted">{t('profile:eraseBody')}</Text>
          <Button
            kind="danger"
            icon="trash-outline"
            label={t('profile:erase')}
            onPress={() => setErasing(true)}
            testID="erase"
          />
        </Card>
      </ScrollBody>
      <Sheet
        visible={erasing}
        title={t('profile:eraseTitle')}
        closeLabel={t('common:cancel')}
        onClose={close}
      >
        <View style={styles.sheet}>
          <Text color="textMuted">{t('profile:eraseBody')}</Text>
          <Input
            label={t('profile:erasePassword')}
            value={password}
            onChangeText={setPassword}
            secureTextEntry
            autoComplete="current-password"
          />
          <View style={styles.buttons}>
            <Button kind="secondary" label={t('common:cancel')} onPress={close} style={styles.grow} />
            <Button
              kind="danger"
              label={t('profile:erase')}
              disabled={password === ''}
              busy={busy}
              onPress={() => void erase()}
              style={styles.grow}
              testID="erase-confirm"
            />
          </View>
        </View>
      </Sheet>
    </Screen>
  );
}

const useStyles = makeStyles(() => ({
  card: { gap: space.m },
  sheet: { paddingHorizontal: space.l, paddingBottom: space.l, gap: space.l },
  buttons: { flexDirection: 'row', gap: space.s },
  grow: { flex: 1 },
}));
