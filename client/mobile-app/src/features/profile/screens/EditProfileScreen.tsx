// Owns how a person changes who they are to others.
import type { Me } from '@aichatwar/shared';
import { ApiProblem } from '@aichatwar/shared';
import { type Href, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActivityIndicator, View } from 'react-native';
import { Avatar, Button, Input, makeStyles, Screen, ScrollBody, space, toast, useTheme } from '@/design';
import { pickMedia } from '@/features/media/pick';
import { uploadFile } from '@/features/media/upload';
import { attempt } from '@/lib/attempt';
import { wordsFor } from '@/lib/words';
import { Loaded } from '@/shell/Loaded';
import { accountActions, useMe } from '../api';

const BIO_MAX = 500;
const NAME_MAX = 60;
const HANDLE = /^[a-z0-9_]{3,30}$/;

export function EditProfileScreen() {
  const { t } = useTranslation(['profile', 'common']);
  const me = useMe();
  return (
    <Screen narrow title={t('profile:edit')} back={{ label: t('common:back'), fallback: '/settings' }}>
      <Loaded query={me} rows={3}>
        {(found) => <Form me={found} />}
      </Loaded>
    </Screen>
  );
}

function Form({ me }: { me: Me }) {
  const { t } = useTranslation(['profile', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const [displayName, setDisplayName] = useState(me.displayName);
  const [handle, setHandle] = useState(me.handle);
  const [bio, setBio] = useState(me.bio);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const changed = displayName.trim() !== me.displayName || handle !== me.handle || bio.trim() !== me.bio;
  const valid = displayName.trim() !== '' && HANDLE.test(handle);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await accountActions.edit({
        ...(displayName.trim() !== me.displayName ? { displayName: displayName.trim() } : {}),
        ...(handle !== me.handle ? { handle } : {}),
        ...(bio.trim() !== me.bio ? { bio: bio.trim() } : {}),
      });
      toast(t('profile:saved'));
      if (router.canGoBack()) router.back();
      else router.replace('/settings' as Href);
    } catch (failure) {
      if (failure instanceof ApiProblem && failure.status < 500) setProblem(failure);
      toast(wordsFor(failure), 'danger');
    } finally {
      setBusy(false);
    }
  };
  return (
    <ScrollBody>
      <Picture me={me} />
      <View style={styles.fields}>
        <Input
          label={t('profile:displayName')}
          value={displayName}
          onChangeText={setDisplayName}
          maxLength={NAME_MAX}
          error={problem?.field('displayName')}
        />
        <Input
          label={t('profile:handle')}
          value={handle}
          onChangeText={(next) => setHandle(next.toLowerCase())}
          autoCapitalize="none"
          autoCorrect={false}
          maxLength={30}
          hint={t('profile:handleHint')}
          error={
            problem?.code === 'user.handle_taken'
              ? wordsFor(problem)
              : HANDLE.test(handle)
                ? problem?.field('handle')
                : t('profile:handleHint')
          }
        />
        <Input
          label={t('profile:bio')}
          value={bio}
          onChangeText={setBio}
          multiline
          maxLength={BIO_MAX}
          error={problem?.field('bio')}
        />
      </View>
      <Button
        label={t('common:save')}
        disabled={!changed || !valid}
        busy={busy}
        onPress={() => void save()}
        testID="save-profile"
      />
    </ScrollBody>
  );
}

function Picture({ me }: { me: Me }) {
  const { t } = useTranslation('profile');
  const { colors } = useTheme();
  const styles = useStyles();
  const [busy, setBusy] = useState(false);
  const run = async (deed: () => Promise<unknown>) => {
    setBusy(true);
    await attempt(deed);
    setBusy(false);
  };
  const change = () =>
    run(async () => {
      const [file] = await pickMedia({ picturesOnly: true, square: true });
      if (!file) return;
      const asset = await uploadFile(file);
      // The asset by its own name: signed addresses end after minutes.
      await accountActions.edit({ avatarUrl: `/api/media/${asset.id}` });
    });
  return (
    <View style={styles.picture}>
      <View>
        <Avatar id={me.id} name={me.displayName} uri={me.avatarUrl} size={104} />
        {busy ? (
          <View style={styles.veil}>
            <ActivityIndicator color={colors.accent} />
          </View>
        ) : null}
      </View>
      <View style={styles.buttons}>
        <Button
          compact
          kind="secondary"
          icon="camera-outline"
          label={t('changePicture')}
          disabled={busy}
          onPress={() => void change()}
          testID="change-picture"
        />
        {me.avatarUrl ? (
          <Button
            compact
            kind="ghost"
            label={t('removePicture')}
            disabled={busy}
            onPress={() => void run(() => accountActions.edit({ avatarUrl: null }))}
          />
        ) : null}
      </View>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  picture: { alignItems: 'center', gap: space.m },
  buttons: { flexDirection: 'row', gap: space.s },
  veil: {
    position: 'absolute',
    top: 0,
    left: 0,
    right: 0,
    bottom: 0,
    alignItems: 'center',
    justifyContent: 'center',
    borderRadius: 52,
    backgroundColor: colors.overlay,
  },
  fields: { gap: space.l },
}));
