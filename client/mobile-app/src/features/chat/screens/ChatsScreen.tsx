// Owns what stands at /chats: the list on a phone; beside the list, an invitation to choose.
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { EmptyState, makeStyles, useIsWide } from '@/design';
import { ChatsPane } from '../components/ChatsPane';

export function ChatsScreen() {
  const { t } = useTranslation('chat');
  const styles = useStyles();
  if (!useIsWide()) return <ChatsPane />;
  return (
    <View style={styles.pane}>
      <EmptyState icon="chatbubbles-outline" title={t('chooseChat')} body={t('chooseChatBody')} />
    </View>
  );
}

const useStyles = makeStyles((colors) => ({ pane: { flex: 1, backgroundColor: colors.canvas } }));
