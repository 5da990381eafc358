// Owns the pictures and files of one message, and their place while they are on their way.
import type { Message } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { makeStyles, radius, Skeleton, space, Text, Touchable } from '@/design';
import { MediaGrid } from '@/features/media/components/MediaGrid';
import { useAttachmentsOf } from '../attachments';

const WIDTH = 264;
/** The shape of several together, until it is known what they are. */
const HEIGHT = WIDTH * 0.62;

export function MessageMedia({ message, onAccent }: { message: Message; onAccent: boolean }) {
  const { t } = useTranslation(['media', 'common']);
  const styles = useStyles();
  const media = useAttachmentsOf(message);
  const ink = onAccent ? 'onAccent' : 'textMuted';
  if (media.data?.length === 0) {
    return (
      <Text variant="caption" color={ink}>
        {t('media:gone')}
      </Text>
    );
  }
  return (
    <View style={styles.media}>
      {media.data ? (
        <MediaGrid media={media.data} onStale={() => void media.refetch()} />
      ) : media.isError ? (
        <Touchable label={t('common:retry')} onPress={() => void media.refetch()} style={styles.failed}>
          <Text variant="caption" color={ink}>{`${t('common:somethingWrong')} · ${t('common:retry')}`}</Text>
        </Touchable>
      ) : (
        <Skeleton width={WIDTH} height={HEIGHT} />
      )}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  media: {
    width: WIDTH,
    maxWidth: '100%',
    borderRadius: radius.l,
    overflow: 'hidden',
    marginVertical: space.xs,
  },
  failed: {
    height: HEIGHT,
    alignItems: 'center',
    justifyContent: 'center',
    borderRadius: radius.l,
    borderWidth: 1,
    borderColor: colors.border,
  },
}));
