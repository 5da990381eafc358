// Owns where a post is written, changed or shared.
import type { Post, Visibility } from '@aichatwar/shared';
import { type Href, useLocalSearchParams, usePathname, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ScrollView, TextInput, View } from 'react-native';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import {
  Avatar,
  Button,
  IconButton,
  makeStyles,
  Screen,
  size,
  space,
  Text,
  toast,
  typeScale,
  useTheme,
} from '@/design';
import { AttachmentStrip } from '@/features/media/components/AttachmentStrip';
import { MediaGrid } from '@/features/media/components/MediaGrid';
import { pickMedia } from '@/features/media/pick';
import { useAttachments } from '@/features/media/state/useAttachments';
import { attempt } from '@/lib/attempt';
import { haptics } from '@/lib/haptics';
import { useOnce } from '@/lib/onceKey';
import { Loaded } from '@/shell/Loaded';
import { useSession } from '@/state/session';
import { PostSkeleton } from '../components/PostSkeleton';
import { SharedCard } from '../components/SharedCard';
import { VisibilityPicker } from '../components/VisibilityPicker';
import { postActions, usePost } from '../api';
import { clearPostDraft, usePostDraft } from '../state/draft';

const TEXT_MAX = 5_000;
const COUNT_FROM = 4_500;
const MEDIA_MAX = 10;

/** Waits for the post that is changed or shared, so that the form begins with it. */
export function ComposeScreen() {
  const { t } = useTranslation(['posts', 'common']);
  const here = usePathname().split('/')[1] ?? 'feed';
  const { edit, share } = useLocalSearchParams<{ edit?: string; share?: string }>();
  const about = usePost(edit ?? share);
  const title = t(edit ? 'posts:editPost' : share ? 'posts:sharePost' : 'posts:compose');
  const back = { label: t('common:back'), fallback: `/${here}` as Href };
  if ((edit || share) && !about.data) {
    return (
      <Screen title={title} back={back}>
        <Loaded query={about} skeleton={<PostSkeleton label={t('common:loading')} count={1} />}>
          {() => null}
        </Loaded>
      </Screen>
    );
  }
  return (
    <Form
      title={title}
      back={back}
      editing={edit ? (about.data ?? null) : null}
      sharing={share ? (about.data ?? null) : null}
    />
  );
}

interface FormProps {
  title: string;
  back: { label: string; fallback: Href };
  editing: Post | null;
  sharing: Post | null;
}

function Form({ title, back, editing, sharing }: FormProps) {
  const { t } = useTranslation(['posts', 'media']);
  const { colors } = useTheme();
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  const router = useRouter();
  const me = useSession((state) => state.me);
  const draft = usePostDraft();
  const isDraft = !editing && !sharing;
  const [own, setOwn] = useState(() => ({
    text: editing?.text ?? '',
    visibility: editing?.visibility ?? sharing?.visibility ?? draft.visibility,
  }));
  const { text, visibility } = isDraft ? draft : own;
  const change = (part: { text?: string; visibility?: Visibility }) =>
    isDraft ? usePostDraft.setState(part) : setOwn((held) => ({ ...held, ...part }));
  const attachments = useAttachments();
  const [busy, setBusy] = useState(false);
  const once = useOnce();
  const left = TEXT_MAX - text.length;
  const changed = !editing || text.trim() !== editing.text || visibility !== editing.visibility;
  const something =
    text.trim() !== '' ||
    attachments.items.length > 0 ||
    sharing !== null ||
    (editing?.media.length ?? 0) > 0;
  const ready = something && changed && attachments.ready && left >= 0;

  const submit = async () => {
    if (!ready || busy) return;
    setBusy(true);
    const words = text.trim();
    const worked = await attempt(async () => {
      if (editing) {
        await postActions.edit(editing, {
          ...(words !== editing.text ? { text: words } : {}),
          ...(visibility !== editing.visibility ? { visibility } : {}),
        });
      } else if (sharing) {
        const share = { text: words, visibility };
        await once(JSON.stringify(share), (clientId) =>
          postActions.share(sharing.id, { ...share, clientId }),
        );
      } else {
        const post = { text: words, visibility, mediaIds: attachments.ids };
        await once(JSON.stringify(post), (clientId) => postActions.create({ ...post, clientId }));
      }
    });
    setBusy(false);
    if (!worked) return haptics.failed();
    haptics.sent();
    attachments.settle();
    if (isDraft) clearPostDraft();
    toast(t(editing ? 'posts:edited' : sharing ? 'posts:sharedDone' : 'posts:posted'));
    if (router.canGoBack()) router.back();
    else router.replace(back.fallback);
  };

  const room = MEDIA_MAX - attachments.items.length;
  return (
    <Screen
      title={title}
      back={back}
      actions={
        <Button
          compact
          label={t(editing ? 'posts:save' : sharing ? 'posts:share' : 'posts:post')}
          disabled={!ready}
          busy={busy}
          onPress={() => void submit()}
          testID="post-submit"
        />
      }
    >
      <ScrollView contentContainerStyle={styles.content} keyboardShouldPersistTaps="handled">
        <View style={styles.row}>
          {me ? <Avatar id={me.id} name={me.displayName} uri={me.avatarUrl} size={44} /> : null}
          <View style={styles.body}>
            <VisibilityPicker value={visibility} onChange={(next) => change({ visibility: next })} />
            <TextInput
              accessibilityLabel={t('posts:placeholder')}
              testID="post-text"
              placeholder={t(sharing ? 'posts:sharePlaceholder' : 'posts:placeholder')}
              placeholderTextColor={colors.textFaint}
              value={text}
              onChangeText={(next) => change({ text: next })}
              multiline
              autoFocus
              style={[styles.input, (attachments.items.length > 0 || sharing) && styles.short]}
            />
            <AttachmentStrip attachments={attachments} />
            {sharing ? <SharedCard shared={sharing} still /> : null}
            {editing?.isShare ? <SharedCard shared={editing.shared} still /> : null}
            {editing && editing.media.length > 0 ? <MediaGrid media={editing.media} /> : null}
          </View>
        </View>
      </ScrollView>
      <View style={[styles.tools, { paddingBottom: Math.max(insets.bottom, space.s) }]}>
        <View style={styles.toolsInside}>
          {isDraft ? (
            <IconButton
              icon="image-outline"
              color="accent"
              label={t('media:add')}
              disabled={room <= 0}
              onPress={() => void attempt(async () => attachments.add(await pickMedia({ max: room })))}
              testID="add-media"
            />
          ) : null}
          <View style={styles.fill} />
          {text.length > COUNT_FROM ? (
            <Text variant="label" color={left < 0 ? 'danger' : 'textFaint'} aria-live="polite">
              {left}
            </Text>
          ) : null}
          {isDraft && text.trim() !== '' ? (
            <Button compact kind="ghost" label={t('posts:discard')} onPress={clearPostDraft} />
          ) : null}
        </View>
      </View>
    </Screen>
  );
}

const useStyles = makeStyles((colors) => ({
  fill: { flex: 1 },
  content: { width: '100%', maxWidth: size.content, alignSelf: 'center', padding: space.l, flexGrow: 1 },
  row: { flexDirection: 'row', gap: space.m, flexGrow: 1 },
  body: { flex: 1, minWidth: 0, gap: space.m },
  input: {
    ...typeScale.bodyLarge,
    color: colors.text,
    minHeight: 140,
    padding: 0,
    outlineWidth: 0,
    textAlignVertical: 'top',
  },
  /** Leaves room for what stands below the words. */
  short: { minHeight: 72 },
  tools: {
    borderTopWidth: 1,
    borderTopColor: colors.border,
    paddingHorizontal: space.l,
    paddingTop: space.s,
  },
  toolsInside: {
    flexDirection: 'row',
    alignItems: 'center',
    width: '100%',
    maxWidth: size.content,
    alignSelf: 'center',
  },
}));
