// Owns how the files of a post stand together: one in its own shape, more as tiles, what cannot be seen as rows.
import type { MediaAsset } from '@aichatwar/shared';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Icon, ListItem, makeStyles, radius, space, Text, Touchable } from '@/design';
import { openOutside } from '@/lib/links';
import { aspectOf, isVisual, originalOf, sizeWords, urlOf } from '../model/variants';
import { openViewer } from '../state/viewer';
import { MediaImage } from './MediaImage';

const SHOWN_MAX = 4;
const HEIGHT_MAX = 520;

export function MediaGrid({ media, onStale }: { media: readonly MediaAsset[]; onStale?: () => void }) {
  const { t } = useTranslation('media');
  const styles = useStyles();
  const [width, setWidth] = useState(0);
  const visual = media.filter(isVisual);
  const others = media.filter((asset) => !isVisual(asset));
  const shown = visual.slice(0, SHOWN_MAX);
  const hidden = visual.length - shown.length;
  const single = shown.length === 1 ? shown[0] : undefined;
  const height = single
    ? Math.min(HEIGHT_MAX, width / Math.min(2.4, Math.max(0.72, aspectOf(single))))
    : width * 0.62;
  const tile = (asset: MediaAsset, index: number, cover = false) => (
    <Tile
      key={asset.id}
      asset={asset}
      width={single || (shown.length === 3 && index === 0) ? width : width / 2}
      label={
        asset.alt ||
        (visual.length > 1
          ? t('pictureOf', { index: index + 1, count: visual.length })
          : t(asset.kind === 'video' ? 'film' : 'picture'))
      }
      more={cover ? hidden : 0}
      onPress={() => openViewer(visual, index)}
      onStale={onStale}
    />
  );
  const [first, second, third, fourth] = shown;
  return (
    <View style={styles.all} onLayout={(event) => setWidth(event.nativeEvent.layout.width)}>
      {first && width > 0 ? (
        <View style={[styles.grid, { height }]}>
          <View style={styles.column}>
            {tile(first, 0)}
            {fourth && third ? tile(third, 2) : null}
          </View>
          {second ? (
            <View style={styles.column}>
              {tile(second, 1)}
              {fourth ? tile(fourth, 3, true) : third ? tile(third, 2) : null}
            </View>
          ) : null}
        </View>
      ) : null}
      {others.map((asset) => {
        const original = originalOf(asset);
        return (
          <View key={asset.id} style={styles.file}>
            <ListItem
              title={asset.fileName}
              subtitle={asset.alt || sizeWords(original?.bytes ?? 0)}
              label={t('file', { name: asset.fileName })}
              leading={
                <Icon
                  name={asset.kind === 'audio' ? 'musical-notes-outline' : 'document-outline'}
                  color="accent"
                />
              }
              trailing={<Icon name="open-outline" size={18} color="textFaint" />}
              onPress={() => openOutside(urlOf(original) ?? '')}
            />
          </View>
        );
      })}
    </View>
  );
}

interface TileProps {
  asset: MediaAsset;
  width: number;
  label: string;
  more: number;
  onPress: () => void;
  onStale: (() => void) | undefined;
}

function Tile({ asset, width, label, more, onPress, onStale }: TileProps) {
  const { t } = useTranslation('media');
  const styles = useStyles();
  return (
    <Touchable role="button" label={label} onPress={onPress} style={styles.tile}>
      <MediaImage asset={asset} width={width} style={styles.picture} onStale={onStale} />
      {asset.kind === 'video' ? (
        <View style={styles.middle}>
          <View style={styles.play}>
            <Icon name="play" size={26} color="onAccent" />
          </View>
        </View>
      ) : null}
      {more > 0 ? (
        <View style={[styles.middle, styles.veil]}>
          <Text variant="title" style={styles.white}>{`+${more}`}</Text>
        </View>
      ) : asset.alt ? (
        <View style={styles.alt} aria-hidden>
          <Text variant="captionStrong" style={styles.white}>
            {t('altTag')}
          </Text>
        </View>
      ) : null}
    </Touchable>
  );
}

const useStyles = makeStyles((colors) => ({
  all: { gap: space.s },
  grid: {
    flexDirection: 'row',
    gap: 2,
    borderRadius: radius.l,
    overflow: 'hidden',
    borderWidth: 1,
    borderColor: colors.border,
  },
  column: { flex: 1, gap: 2 },
  tile: { flex: 1, overflow: 'hidden' },
  picture: { position: 'absolute', top: 0, left: 0, right: 0, bottom: 0, width: '100%', height: '100%' },
  middle: {
    position: 'absolute',
    top: 0,
    left: 0,
    right: 0,
    bottom: 0,
    alignItems: 'center',
    justifyContent: 'center',
  },
  veil: { backgroundColor: 'rgba(0, 0, 0, 0.5)' },
  play: {
    width: 56,
    height: 56,
    paddingLeft: 4,
    borderRadius: radius.full,
    alignItems: 'center',
    justifyContent: 'center',
    backgroundColor: colors.accent,
  },
  alt: {
    position: 'absolute',
    left: space.s,
    bottom: space.s,
    paddingHorizontal: 6,
    paddingVertical: 1,
    borderRadius: radius.s,
    backgroundColor: 'rgba(0, 0, 0, 0.62)',
  },
  white: { color: '#ffffff' },
  file: { borderRadius: radius.l, borderWidth: 1, borderColor: colors.border, overflow: 'hidden' },
}));
