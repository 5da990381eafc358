// Owns fields for text: label above, mistake below, what is written in between.
import { type ReactNode, type Ref, useState } from 'react';
import { TextInput, type TextInputProps, View } from 'react-native';
import { Icon, type IconName } from './Icon';
import { Text } from './Text';
import { makeStyles, useTheme } from './theme';
import { radius, size, space, typeScale } from './tokens';

export interface InputProps extends Omit<TextInputProps, 'style' | 'accessibilityLabel'> {
  label: string;
  /** The label is read out but not shown. */
  hideLabel?: boolean;
  error?: string | undefined;
  hint?: string;
  icon?: IconName;
  trailing?: ReactNode;
  ref?: Ref<TextInput>;
}

export function Input({
  label,
  hideLabel,
  error,
  hint,
  icon,
  trailing,
  ref,
  multiline,
  ...rest
}: InputProps) {
  const { colors } = useTheme();
  const styles = useStyles();
  const [focused, setFocused] = useState(false);
  return (
    <View style={styles.field}>
      {hideLabel ? null : (
        <Text variant="label" color="textMuted" aria-hidden>
          {label}
        </Text>
      )}
      <View
        style={[
          styles.box,
          focused && { borderColor: colors.accent },
          error !== undefined && { borderColor: colors.danger },
        ]}
      >
        {icon ? <Icon name={icon} size={18} color="textFaint" /> : null}
        <TextInput
          ref={ref}
          multiline={multiline}
          {...rest}
          accessibilityLabel={label}
          aria-invalid={error !== undefined}
          placeholderTextColor={colors.textFaint}
          onFocus={(event) => {
            setFocused(true);
            rest.onFocus?.(event);
          }}
          onBlur={(event) => {
            setFocused(false);
            rest.onBlur?.(event);
          }}
          style={[styles.input, multiline && styles.multiline]}
        />
        {trailing}
      </View>
      {error !== undefined ? (
        <Text variant="caption" color="danger" role="alert">
          {error}
        </Text>
      ) : hint ? (
        <Text variant="caption" color="textFaint">
          {hint}
        </Text>
      ) : null}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  field: { gap: space.xs + 2, alignSelf: 'stretch' },
  box: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.s,
    minHeight: size.touch,
    paddingHorizontal: space.m,
    borderRadius: radius.m,
    borderWidth: 1.5,
    borderColor: 'transparent',
    backgroundColor: colors.raised,
  },
  input: {
    ...typeScale.body,
    flex: 1,
    minWidth: 0,
    color: colors.text,
    paddingVertical: space.s,
    outlineWidth: 0,
  },
  multiline: { minHeight: 88, textAlignVertical: 'top' },
}));
