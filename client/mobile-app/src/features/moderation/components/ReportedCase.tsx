// Owns how something reported is laid before a moderator: whose it is, since when it waits, by how many and why, and the decision.
import type { ReportReason, User } from '@aichatwar/shared';
import type { PropsWithChildren, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, Badge, Card, makeStyles, space, Text } from '@/design';
import { dateTime } from '@/lib/time';
import { DecisionButtons, type DecisionButtonsProps } from './DecisionButtons';

const REPORTS_SHOWN = 5;

export interface ReportedCaseProps extends DecisionButtonsProps {
  /** Whose it is, or who; absent when the account is gone. */
  who: Pick<User, 'id' | 'displayName' | 'avatarUrl'> | null | undefined;
  since: string;
  count: number;
  reports: readonly { id: string; reason: ReportReason; detail?: string | null }[];
  /** Beside the number of reports. */
  mark?: ReactNode;
}

export function ReportedCase(props: PropsWithChildren<ReportedCaseProps>) {
  const { who, since, count, reports, mark, children, ...decision } = props;
  const { t } = useTranslation(['moderation', 'report']);
  const styles = useStyles();
  return (
    <Card style={styles.card}>
      <View style={styles.head}>
        {who ? <Avatar id={who.id} name={who.displayName} uri={who.avatarUrl} /> : null}
        <View style={styles.words}>
          <Text variant="bodyStrong" numberOfLines={1}>
            {who?.displayName ?? t('moderation:gone')}
          </Text>
          <Text variant="caption" color="textFaint">
            {t('moderation:since', { time: dateTime(since) })}
          </Text>
        </View>
        {mark}
        <Badge label={t('moderation:reports', { count })} tone="danger" />
      </View>
      {children}
      <View style={styles.reports}>
        {reports.slice(0, REPORTS_SHOWN).map(({ id, reason, detail }) => (
          <Text key={id} variant="label" color="textMuted">
            {detail ? `${t(`report:${reason}`)}: ${detail}` : t(`report:${reason}`)}
          </Text>
        ))}
      </View>
      <DecisionButtons {...decision} />
    </Card>
  );
}

const useStyles = makeStyles((colors) => ({
  card: { gap: space.m },
  head: { flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', gap: space.s },
  words: { flex: 1, minWidth: 120 },
  reports: { gap: space.xs, borderLeftWidth: 3, borderLeftColor: colors.danger, paddingLeft: space.m },
}));
