// Owns one thing that is set: what it is called and does, and its switch or its choices.
import type { ReactNode } from 'react';
import { View } from 'react-native';
import { Card } from './Card';
import { Icon, type IconName } from './Icon';
import { type Segment, SegmentedControl } from './SegmentedControl';
import { Switch } from './Switch';
import { Text } from './Text';
import { makeStyles } from './theme';
import { space } from './tokens';

export interface SwitchSettingProps {
  icon?: IconName;
  title: string;
  body: string;
  value: boolean;
  onChange: (on: boolean) => void;
  testID?: string;
  /** What belongs to it while it is on. */
  children?: ReactNode;
}

export function SwitchSetting({ icon, title, body, children, ...of }: SwitchSettingProps) {
  const styles = useStyles();
  return (
    <Card style={styles.card}>
      <View style={styles.line}>
        {icon ? <Icon name={icon} color="textMuted" /> : null}
        <View style={styles.words}>
          <Text variant="bodyStrong">{title}</Text>
          <Text variant="caption" color="textMuted">
            {body}
          </Text>
        </View>
        <Switch label={title} {...of} />
      </View>
      {children}
    </Card>
  );
}

export interface ChoiceSettingProps<Value extends string> {
  title: string;
  segments: readonly Segment<Value>[];
  value: Value;
  onChange: (value: Value) => void;
  note?: string | null;
}

export function ChoiceSetting<Value extends string>({ title, note, ...of }: ChoiceSettingProps<Value>) {
  const styles = useStyles();
  return (
    <Card style={styles.card}>
      <Text variant="bodyStrong">{title}</Text>
      <SegmentedControl<Value> label={title} {...of} />
      {note ? (
        <Text variant="caption" color="textFaint">
          {note}
        </Text>
      ) : null}
    </Card>
  );
}

const useStyles = makeStyles(() => ({
  card: { gap: space.m },
  line: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  words: { flex: 1, minWidth: 0 },
}));
