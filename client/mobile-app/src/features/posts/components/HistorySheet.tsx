// Owns the words that a post had before.
import type { Post } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { makeStyles, Sheet, space, Text } from '@/design';
import { dateTime } from '@/lib/time';
import { Loaded } from '@/shell/Loaded';
import { usePostHistory } from '../api';

export function HistorySheet({ post, onClose }: { post: Post | null; onClose: () => void }) {
  const { t } = useTranslation(['posts', 'common']);
  const styles = useStyles();
  const history = usePostHistory(post?.id ?? '', post !== null);
  return (
    <Sheet
      visible={post !== null}
      title={t('posts:history')}
      closeLabel={t('common:close')}
      onClose={onClose}
    >
      <Loaded query={history} rows={2}>
        {(found) => (
          <View style={styles.list}>
            {post ? <Version title={t('posts:now')} text={post.text} now /> : null}
            {found.map(({ edit, text, at }) => (
              <Version
                key={edit}
                title={
                  edit === 0
                    ? `${t('posts:first')} · ${dateTime(at)}`
                    : t('posts:historyAt', { time: dateTime(at) })
                }
                text={text}
              />
            ))}
          </View>
        )}
      </Loaded>
    </Sheet>
  );
}

function Version({ title, text, now }: { title: string; text: string; now?: boolean }) {
  const styles = useStyles();
  return (
    <View style={[styles.version, now && styles.now]}>
      <Text variant="captionStrong" color={now ? 'accent' : 'textFaint'}>
        {title}
      </Text>
      <Text color={now ? 'text' : 'textMuted'} selectable>
        {text}
      </Text>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  list: { paddingHorizontal: space.l, paddingBottom: space.l, gap: space.l },
  version: { gap: space.xs, paddingLeft: space.m, borderLeftWidth: 2, borderLeftColor: colors.border },
  now: { borderLeftColor: colors.accent },
}));
