// Owns the bar in which something short is written: what it answers or changes, the words, and the key that sends.
import { type ReactNode, type Ref, useState } from 'react';
import { Platform, TextInput, type TextInputKeyPressEvent, View } from 'react-native';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import { isTouch } from '@/lib/device';
import { Icon } from './Icon';
import { IconButton } from './Button';
import { Text } from './Text';
import { makeStyles, useTheme } from './theme';
import { radius, size, space, typeScale } from './tokens';

export interface WritingContext {
  editing: boolean;
  title: string;
  /** The words it answers or changes. */
  words?: string;
  cancelLabel: string;
  onCancel: () => void;
}

export interface WritingBarProps {
  text: string;
  onChangeText: (text: string) => void;
  onCaret?: (caret: number) => void;
  maxLength: number;
  label: string;
  placeholder?: string;
  sendLabel: string;
  ready: boolean;
  onSend: () => void;
  /** Takes the key that would send, such as for the name on offer; tells whether it did. */
  onEnter?: () => boolean;
  context: WritingContext | null;
  /** Over all of it, such as names on offer. */
  over?: ReactNode;
  /** Between what it answers and the words, such as files. */
  above?: ReactNode;
  leading?: ReactNode;
  ref?: Ref<TextInput>;
  testID: string;
  sendTestID: string;
}

const HEIGHT_MAX = 140;
const LINE = 24;

export function WritingBar(props: WritingBarProps) {
  const { ref, ...of } = props;
  const { text, label, placeholder = label, context, ready, onSend, onEnter } = of;
  const { colors } = useTheme();
  const styles = useStyles();
  const insets = useSafeAreaInsets();
  const [height, setHeight] = useState(0);
  // A multi-line field of the web does not shrink by itself.
  const shown = text === '' ? 0 : height;

  const pressed = (event: TextInputKeyPressEvent) => {
    const { key, shiftKey, isComposing } = event.nativeEvent as typeof event.nativeEvent & {
      shiftKey?: boolean;
      isComposing?: boolean;
    };
    if (Platform.OS !== 'web' || isTouch) return;
    if (key === 'Enter' && !shiftKey && !isComposing) {
      event.preventDefault();
      if (!onEnter?.() && ready) onSend();
    } else if (key === 'Escape') context?.onCancel();
  };

  return (
    <View style={[styles.bar, { paddingBottom: Math.max(insets.bottom, space.s) }]}>
      <View style={styles.inside}>
        {of.over}
        {context ? <Context {...context} /> : null}
        {of.above}
        <View style={styles.line}>
          {of.leading}
          <View style={styles.box}>
            <TextInput
              ref={ref}
              accessibilityLabel={label}
              testID={of.testID}
              placeholder={placeholder}
              placeholderTextColor={colors.textFaint}
              value={text}
              onChangeText={of.onChangeText}
              onSelectionChange={(event) => of.onCaret?.(event.nativeEvent.selection.end)}
              multiline
              maxLength={of.maxLength}
              onContentSizeChange={(event) => setHeight(event.nativeEvent.contentSize.height)}
              onKeyPress={pressed}
              style={[styles.input, { height: Math.min(HEIGHT_MAX, Math.max(LINE, shown)) }]}
            />
          </View>
          <IconButton
            icon={context?.editing ? 'checkmark' : 'arrow-up'}
            label={of.sendLabel}
            filled
            disabled={!ready}
            onPress={onSend}
            testID={of.sendTestID}
            style={styles.send}
          />
        </View>
      </View>
    </View>
  );
}

function Context({ editing, title, words, cancelLabel, onCancel }: WritingContext) {
  const styles = useStyles();
  return (
    <View style={styles.context}>
      <Icon name={editing ? 'create-outline' : 'arrow-undo'} size={16} color="accent" />
      <View style={styles.contextWords}>
        <Text variant="captionStrong" color="accent" numberOfLines={1}>
          {title}
        </Text>
        {words ? (
          <Text variant="caption" color="textMuted" numberOfLines={1}>
            {words}
          </Text>
        ) : null}
      </View>
      <IconButton icon="close" label={cancelLabel} iconSize={18} onPress={onCancel} />
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  bar: {
    paddingHorizontal: space.m,
    paddingTop: space.s,
    backgroundColor: colors.canvas,
    borderTopWidth: 1,
    borderTopColor: colors.border,
  },
  inside: { width: '100%', maxWidth: size.content + 80, alignSelf: 'center' },
  context: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.s,
    paddingLeft: space.s,
    paddingBottom: space.s,
  },
  contextWords: { flex: 1, minWidth: 0 },
  line: { flexDirection: 'row', alignItems: 'flex-end', gap: space.s },
  box: {
    flex: 1,
    minHeight: 44,
    justifyContent: 'center',
    borderRadius: 22,
    backgroundColor: colors.raised,
    paddingHorizontal: space.l,
    paddingVertical: 10,
  },
  input: { ...typeScale.body, color: colors.text, padding: 0, outlineWidth: 0, textAlignVertical: 'center' },
  send: { width: 44, height: 44, borderRadius: radius.full },
}));
