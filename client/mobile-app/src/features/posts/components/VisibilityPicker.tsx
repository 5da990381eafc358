// Owns the choice of who can see a post.
import type { Visibility } from '@aichatwar/shared';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Icon, ListItem, makeStyles, radius, Sheet, space, Text, Touchable, useTheme } from '@/design';
import { visibilityIcon } from './PostHeader';

const ALL: readonly Visibility[] = ['public', 'friends', 'private'];

export function VisibilityPicker({
  value,
  onChange,
}: {
  value: Visibility;
  onChange: (value: Visibility) => void;
}) {
  const { t } = useTranslation(['posts', 'common']);
  const { colors } = useTheme();
  const styles = useStyles();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Touchable
        label={`${t('posts:visibility')}: ${t(`posts:${value}`)}`}
        onPress={() => setOpen(true)}
        testID="visibility"
        style={({ hovered, pressed }) => [
          styles.chip,
          (hovered || pressed) && { backgroundColor: colors.hover },
        ]}
      >
        <Icon name={visibilityIcon[value]} size={16} color="accent" />
        <Text variant="label" color="accent">
          {t(`posts:${value}`)}
        </Text>
        <Icon name="chevron-down" size={14} color="accent" />
      </Touchable>
      <Sheet
        visible={open}
        title={t('posts:visibility')}
        closeLabel={t('common:close')}
        onClose={() => setOpen(false)}
      >
        <View role="radiogroup" aria-label={t('posts:visibility')}>
          {ALL.map((one) => (
            <ListItem
              key={one}
              role="radio"
              title={t(`posts:${one}`)}
              subtitle={t(`posts:${one}Hint`)}
              selected={one === value}
              leading={<Icon name={visibilityIcon[one]} color={one === value ? 'accent' : 'textMuted'} />}
              trailing={one === value ? <Icon name="checkmark" size={20} color="accent" /> : null}
              onPress={() => {
                setOpen(false);
                onChange(one);
              }}
            />
          ))}
        </View>
      </Sheet>
    </>
  );
}

const useStyles = makeStyles((colors) => ({
  chip: {
    flexDirection: 'row',
    alignItems: 'center',
    alignSelf: 'flex-start',
    gap: space.xs + 2,
    minHeight: 34,
    paddingHorizontal: space.m,
    borderRadius: radius.full,
    backgroundColor: colors.accentSoft,
  },
}));
