// Owns the names that fit what is being typed after an @.
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, ListItem, makeStyles, radius, space } from '@/design';
import type { Name } from '../model/mentions';

export function MentionList({ names, onPick }: { names: readonly Name[]; onPick: (handle: string) => void }) {
  const { t } = useTranslation('chat');
  const styles = useStyles();
  return (
    <View style={styles.list} aria-label={t('mention')} role="menu">
      {names.map((entry) => (
        <ListItem
          key={entry.id}
          role="menuitem"
          title={entry.name}
          subtitle={`@${entry.handle}`}
          leading={<Avatar id={entry.id} name={entry.name} kind={entry.kind} size={32} />}
          onPress={() => onPick(entry.handle)}
        />
      ))}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  list: {
    borderRadius: radius.l,
    borderWidth: 1,
    borderColor: colors.border,
    backgroundColor: colors.canvas,
    marginBottom: space.s,
    overflow: 'hidden',
  },
}));
