// Owns what lies over the app while pictures are looked at. Stands once, in the frame of the signed-in app.
import type { MediaAsset } from '@aichatwar/shared';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Modal, Platform, ScrollView, View } from 'react-native';
import { GestureHandlerRootView } from 'react-native-gesture-handler';
import Animated, { useAnimatedStyle, useSharedValue } from 'react-native-reanimated';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import { IconButton, makeStyles, space, Text, useIsWide } from '@/design';
import { openOutside } from '@/lib/links';
import { originalOf, pictureFor, urlOf } from '../model/variants';
import { closeViewer, turnViewer, useViewer } from '../state/viewer';
import { FilmPlayer } from './FilmPlayer';
import { ZoomablePicture } from './ZoomablePicture';

/** The modal is there before it opens: one of the web that is open from its birth is no dialog. */
export function Viewer() {
  const { t } = useTranslation('media');
  const asset = useViewer(({ assets, index }) => assets[index]);
  return (
    <Modal
      visible={asset !== undefined}
      transparent
      animationType="fade"
      onRequestClose={closeViewer}
      aria-label={t('viewer')}
      statusBarTranslucent
    >
      {asset ? <Opened asset={asset} /> : null}
    </Modal>
  );
}

function Opened({ asset }: { asset: MediaAsset }) {
  const { t } = useTranslation(['media', 'common']);
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  const wide = useIsWide();
  const { assets, index } = useViewer();
  const [bare, setBare] = useState(false);
  const ground = useSharedValue(1);
  const shade = useAnimatedStyle(() => ({ opacity: ground.value }));

  useEffect(() => {
    if (Platform.OS !== 'web') return;
    const pressed = (event: KeyboardEvent) => {
      if (event.key === 'ArrowRight') turnViewer(1);
      else if (event.key === 'ArrowLeft') turnViewer(-1);
      else if (event.key === 'Escape') closeViewer();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);

  const original = urlOf(originalOf(asset)) ?? '';
  return (
    <GestureHandlerRootView style={styles.fill}>
      <View
        // In a browser the modal around it is the dialog.
        {...(Platform.OS === 'web'
          ? null
          : { role: 'dialog' as const, 'aria-modal': true, 'aria-label': t('media:viewer') })}
        style={styles.fill}
      >
        <Animated.View style={[styles.ground, shade]} />
        <View style={styles.stage}>
          {asset.kind === 'video' ? (
            <FilmPlayer
              url={original}
              poster={urlOf(pictureFor(asset, 800))}
              label={asset.alt || t('media:film')}
            />
          ) : (
            <ZoomablePicture
              key={asset.id}
              asset={asset}
              ground={ground}
              onTurn={turnViewer}
              onLeave={closeViewer}
              onTap={() => setBare((now) => !now)}
            />
          )}
        </View>
        {bare ? null : (
          <>
            <View style={[styles.top, { paddingTop: insets.top + space.s }]}>
              <IconButton
                icon="close"
                label={t('common:close')}
                onPress={closeViewer}
                style={styles.button}
                tint="#ffffff"
              />
              <Text variant="label" style={styles.white}>
                {assets.length > 1 ? t('media:counter', { index: index + 1, count: assets.length }) : ''}
              </Text>
              <IconButton
                icon="open-outline"
                label={t('media:openOriginal')}
                onPress={() => openOutside(original)}
                style={styles.button}
                tint="#ffffff"
              />
            </View>
            {wide && index > 0 ? (
              <View style={[styles.side, { left: space.l }]}>
                <IconButton
                  icon="chevron-back"
                  label={t('media:previous')}
                  onPress={() => turnViewer(-1)}
                  style={styles.button}
                  tint="#ffffff"
                />
              </View>
            ) : null}
            {wide && index < assets.length - 1 ? (
              <View style={[styles.side, { right: space.l }]}>
                <IconButton
                  icon="chevron-forward"
                  label={t('media:next')}
                  onPress={() => turnViewer(1)}
                  style={styles.button}
                  tint="#ffffff"
                />
              </View>
            ) : null}
            {asset.alt ? (
              <View style={[styles.caption, { paddingBottom: insets.bottom + space.l }]}>
                <ScrollView style={styles.captionScroll}>
                  <Text align="center" style={styles.white}>
                    {asset.alt}
                  </Text>
                </ScrollView>
              </View>
            ) : null}
          </>
        )}
      </View>
    </GestureHandlerRootView>
  );
}

const useStyles = makeStyles(() => ({
  fill: { flex: 1 },
  ground: {
    position: 'absolute',
    top: 0,
    left: 0,
    right: 0,
    bottom: 0,
    backgroundColor: 'rgba(6, 7, 10, 0.96)',
  },
  stage: { flex: 1, overflow: 'hidden' },
  top: {
    position: 'absolute',
    top: 0,
    left: 0,
    right: 0,
    flexDirection: 'row',
    alignItems: 'center',
    justifyContent: 'space-between',
    paddingHorizontal: space.m,
  },
  button: { backgroundColor: 'rgba(40, 42, 50, 0.72)' },
  side: { position: 'absolute', top: 0, bottom: 0, justifyContent: 'center' },
  caption: {
    position: 'absolute',
    left: 0,
    right: 0,
    bottom: 0,
    paddingTop: space.m,
    paddingHorizontal: space.xl,
    backgroundColor: 'rgba(6, 7, 10, 0.72)',
  },
  captionScroll: { maxHeight: 120 },
  white: { color: '#ffffff' },
}));
