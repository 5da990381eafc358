// Owns a block of code: its language, its lines as they are, and a way to take them along.
import * as Clipboard from 'expo-clipboard';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ScrollView, View } from 'react-native';
import { Icon, makeStyles, mono, radius, space, Text, Touchable } from '@/design';

const SHOWN_MS = 2_000;

export function CodeBlock({ code, language }: { code: string; language?: string | undefined }) {
  const { t } = useTranslation(['chat', 'common']);
  const styles = useStyles();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await Clipboard.setStringAsync(code);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return (
    <View style={styles.block}>
      <View style={styles.head}>
        <Text variant="caption" color="textFaint" style={styles.language}>
          {language || t('chat:code')}
        </Text>
        <Touchable
          label={t(copied ? 'common:copied' : 'common:copy')}
          onPress={() => void copy()}
          hitSlop={space.s}
          style={styles.copy}
        >
          <Icon
            name={copied ? 'checkmark' : 'copy-outline'}
            size={14}
            color={copied ? 'success' : 'textMuted'}
          />
          <Text variant="caption" color="textMuted">
            {t(copied ? 'common:copied' : 'common:copy')}
          </Text>
        </Touchable>
      </View>
      <ScrollView horizontal showsHorizontalScrollIndicator={false} contentContainerStyle={styles.body}>
        <Text selectable style={styles.code}>
          {code}
        </Text>
      </ScrollView>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  block: {
    borderRadius: radius.m,
    borderWidth: 1,
    borderColor: colors.border,
    backgroundColor: colors.code,
    overflow: 'hidden',
  },
  head: {
    flexDirection: 'row',
    alignItems: 'center',
    justifyContent: 'space-between',
    paddingHorizontal: space.m,
    paddingVertical: space.xs + 2,
    borderBottomWidth: 1,
    borderBottomColor: colors.border,
  },
  language: { fontFamily: mono },
  copy: { flexDirection: 'row', alignItems: 'center', gap: space.xs },
  body: { padding: space.m },
  code: { fontFamily: mono, fontSize: 13, lineHeight: 20 },
}));
