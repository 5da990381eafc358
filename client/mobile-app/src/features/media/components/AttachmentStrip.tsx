// Owns the row of files that go along with what is being written: progress, a description, and the way out.
import { Image } from 'expo-image';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ScrollView, View } from 'react-native';
import { Button, Icon, IconButton, Input, makeStyles, radius, Sheet, space, Text, Touchable } from '@/design';
import type { Attachment, Attachments } from '../state/useAttachments';

const ALT_MAX = 1_500;

export function AttachmentStrip({ attachments }: { attachments: Attachments }) {
  const styles = useStyles();
  const [described, setDescribed] = useState<string | null>(null);
  const chosen = attachments.items.find(({ key }) => key === described);
  if (attachments.items.length === 0) return null;
  return (
    <>
      <ScrollView horizontal showsHorizontalScrollIndicator={false} contentContainerStyle={styles.row}>
        {attachments.items.map((item) => (
          <Tile
            key={item.key}
            item={item}
            onRemove={() => attachments.remove(item.key)}
            onRetry={() => attachments.retry(item.key)}
            onDescribe={() => setDescribed(item.key)}
          />
        ))}
      </ScrollView>
      <AltSheet
        key={described}
        item={chosen}
        onClose={() => setDescribed(null)}
        onSave={(alt) => {
          if (described) attachments.describe(described, alt);
          setDescribed(null);
        }}
      />
    </>
  );
}

interface TileProps {
  item: Attachment;
  onRemove: () => void;
  onRetry: () => void;
  onDescribe: () => void;
}

function Tile({ item, onRemove, onRetry, onDescribe }: TileProps) {
  const { t } = useTranslation('media');
  const styles = useStyles();
  const { name, uri, mime } = item.file;
  const percent = Math.round(item.progress * 100);
  return (
    <View style={styles.tile} testID={`attachment-${item.state}`}>
      {mime.startsWith('video/') ? (
        <View style={styles.film}>
          <Icon name="videocam" size={34} color="textFaint" />
        </View>
      ) : (
        <Image
          source={{ uri }}
          accessibilityLabel={item.alt || name}
          style={styles.picture}
          contentFit="cover"
        />
      )}
      {item.state === 'uploading' ? (
        <View
          style={styles.veil}
          role="progressbar"
          aria-label={t('uploading', { name, percent })}
          aria-valuenow={percent}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <Text variant="captionStrong" style={styles.white}>
            {percent < 100 ? `${percent} %` : t('processing')}
          </Text>
          <View style={styles.track}>
            <View style={[styles.bar, { width: `${percent}%` }]} />
          </View>
        </View>
      ) : null}
      {item.state === 'failed' ? (
        <Touchable label={t('retry', { name })} onPress={onRetry} style={[styles.veil, styles.failed]}>
          <Icon name="refresh" size={22} color="danger" />
          <Text variant="caption" color="danger" align="center" numberOfLines={3}>
            {item.problem}
          </Text>
        </Touchable>
      ) : null}
      {item.state !== 'failed' ? (
        <Touchable
          label={item.alt ? t('described', { alt: item.alt }) : t('addAlt')}
          onPress={onDescribe}
          style={styles.alt}
        >
          {item.alt ? <Icon name="checkmark" size={13} color="onAccent" /> : null}
          <Text variant="captionStrong" color="onAccent">
            {t('altTag')}
          </Text>
        </Touchable>
      ) : null}
      <IconButton
        icon="close"
        iconSize={16}
        label={t('remove', { name })}
        onPress={onRemove}
        style={styles.remove}
      />
    </View>
  );
}

interface AltSheetProps {
  item: Attachment | undefined;
  onClose: () => void;
  onSave: (alt: string) => void;
}

function AltSheet({ item, onClose, onSave }: AltSheetProps) {
  const { t } = useTranslation(['media', 'common']);
  const styles = useStyles();
  const [alt, setAlt] = useState(item?.alt ?? '');
  return (
    <Sheet
      visible={item !== undefined}
      title={t('media:alt')}
      closeLabel={t('common:close')}
      onClose={onClose}
    >
      <View style={styles.sheet}>
        {item && !item.file.mime.startsWith('video/') ? (
          <Image
            source={{ uri: item.file.uri }}
            accessibilityLabel={item.file.name}
            style={styles.preview}
            contentFit="contain"
          />
        ) : null}
        <Input
          label={t('media:alt')}
          hideLabel
          hint={t('media:altHint')}
          value={alt}
          onChangeText={setAlt}
          multiline
          maxLength={ALT_MAX}
          autoFocus
        />
        <Button label={t('common:save')} onPress={() => onSave(alt.trim())} />
      </View>
    </Sheet>
  );
}

const TILE = 116;
const useStyles = makeStyles((colors) => ({
  row: { gap: space.s, paddingVertical: space.xs },
  tile: {
    width: TILE,
    height: TILE,
    borderRadius: radius.l,
    overflow: 'hidden',
    backgroundColor: colors.raised,
    borderWidth: 1,
    borderColor: colors.border,
  },
  picture: { width: '100%', height: '100%' },
  film: { flex: 1, alignItems: 'center', justifyContent: 'center' },
  veil: {
    position: 'absolute',
    top: 0,
    left: 0,
    right: 0,
    bottom: 0,
    alignItems: 'center',
    justifyContent: 'center',
    gap: space.s,
    padding: space.s,
    backgroundColor: 'rgba(10, 11, 15, 0.55)',
  },
  failed: { backgroundColor: colors.dangerSoft },
  white: { color: '#ffffff' },
  track: {
    width: '72%',
    height: 4,
    borderRadius: radius.full,
    overflow: 'hidden',
    backgroundColor: 'rgba(255, 255, 255, 0.35)',
  },
  bar: { height: 4, borderRadius: radius.full, backgroundColor: '#ffffff' },
  alt: {
    position: 'absolute',
    left: 6,
    bottom: 6,
    flexDirection: 'row',
    alignItems: 'center',
    gap: 2,
    paddingHorizontal: space.s,
    minHeight: 24,
    borderRadius: radius.full,
    backgroundColor: colors.accent,
  },
  remove: {
    position: 'absolute',
    right: 4,
    top: 4,
    width: 28,
    height: 28,
    backgroundColor: colors.canvas,
    borderWidth: 1,
    borderColor: colors.border,
  },
  sheet: { paddingHorizontal: space.l, paddingBottom: space.l, gap: space.m },
  preview: { height: 200, borderRadius: radius.m },
}));
