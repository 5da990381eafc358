// Owns written words: one of the type scale's sizes in one of the theme's colours.
import { Text as NativeText, type TextProps as NativeTextProps } from 'react-native';
import { useTheme } from './theme';
import { type ColorName, type TypeName, typeScale } from './tokens';

export interface TextProps extends NativeTextProps {
  variant?: TypeName;
  color?: ColorName;
  align?: 'left' | 'center' | 'right';
}

export function Text({ variant = 'body', color = 'text', align, style, ...rest }: TextProps) {
  const { colors } = useTheme();
  return (
    <NativeText
      {...rest}
      style={[typeScale[variant], { color: colors[color] }, align ? { textAlign: align } : null, style]}
    />
  );
}

/** Words within words: only what differs from the text around them. */
export function Span(props: NativeTextProps) {
  return <NativeText {...props} />;
}
