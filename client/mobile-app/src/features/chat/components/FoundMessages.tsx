// Owns messages that were found by their words; a press leads to the message in its room.
import type { Message } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, ListItem, makeStyles, SkeletonRows, space, Text } from '@/design';
import { shortTime } from '@/lib/time';
import { wordsFor } from '@/lib/words';
import { plain } from '../model/plain';

interface Result {
  data: Message[] | undefined;
  isFetching: boolean;
  error: Error | null;
}

export function FoundMessages({ result, onOpen }: { result: Result; onOpen: (message: Message) => void }) {
  const { t } = useTranslation(['chat', 'common']);
  const styles = useStyles();
  const { data, isFetching, error } = result;
  return (
    <View>
      <Text variant="label" color="textFaint" role="heading" style={styles.title}>
        {t('chat:messages')}
      </Text>
      {!data && isFetching ? <SkeletonRows rows={3} label={t('common:loading')} /> : null}
      {error ? (
        <Text color="danger" style={styles.title}>
          {wordsFor(error)}
        </Text>
      ) : null}
      {data?.length === 0 ? (
        <Text color="textMuted" style={styles.title}>
          {t('chat:nothingFound')}
        </Text>
      ) : null}
      {data?.map((message) => (
        <ListItem
          key={message.id}
          inset
          title={message.author.name}
          subtitle={plain(message.text)}
          leading={
            <Avatar
              id={message.author.id}
              name={message.author.name}
              kind={message.author.kind === 'agent' ? 'agent' : 'person'}
            />
          }
          trailing={
            <Text variant="caption" color="textFaint">
              {shortTime(message.createdAt)}
            </Text>
          }
          onPress={() => onOpen(message)}
        />
      ))}
    </View>
  );
}

const useStyles = makeStyles(() => ({ title: { paddingHorizontal: space.l + 2, paddingVertical: space.s } }));
