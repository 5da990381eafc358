// Owns what a person wants to be told, on which way, and when not.
import type {
  Digest,
  NotificationChannels,
  NotificationKind,
  NotificationPreferences,
  NotificationWishes,
} from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import type { Href } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  ChoiceSetting,
  Icon,
  Input,
  makeStyles,
  Screen,
  ScrollBody,
  Section,
  space,
  Switch,
  SwitchSetting,
  Text,
  toast,
} from '@/design';
import { queryClient } from '@/lib/query';
import { dateTime } from '@/lib/time';
import { wordsFor } from '@/lib/words';
import { Loaded } from '@/shell/Loaded';
import { notificationActions, notificationKeys, useNotificationPreferences } from '../api';
import { PushRow } from '../components/PushRow';
import { isKnown, kindIcon } from '../model/notification';
import { timeOfDay } from '../model/quietHours';

const CHANNELS = ['inApp', 'push', 'email'] as const;
const DIGESTS: readonly Digest[] = ['off', 'daily', 'weekly'];
const USUAL_QUIET = { start: '22:00', end: '07:00' };
const here = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

type Kinds = Record<NotificationKind, NotificationChannels>;
const kindsOf = (preferences: NotificationPreferences): Kinds => preferences.kinds as unknown as Kinds;

export function NotificationPreferencesScreen() {
  const { t } = useTranslation(['notifications', 'common']);
  const preferences = useNotificationPreferences();
  const save = useMutation({
    mutationFn: async (change: Partial<NotificationPreferences>) => {
      const held = queryClient.getQueryData<NotificationPreferences>(notificationKeys.preferences);
      if (!held) return;
      // Wishes are set whole. Quiet hours and digests go by the clock on the wall here.
      const { kinds, quietHours, digest } = { ...held, ...change };
      const wishes = { kinds, quietHours, digest, timeZone: here() } as NotificationWishes;
      queryClient.setQueryData(notificationKeys.preferences, { ...held, ...change, timeZone: here() });
      await notificationActions.save(wishes);
    },
    onError: (failure) => {
      toast(wordsFor(failure), 'danger');
      void preferences.refetch();
    },
  });
  return (
    <Screen
      narrow
      title={t('notifications:preferences')}
      back={{ label: t('common:back'), fallback: '/notifications' as Href }}
    >
      <Loaded query={preferences}>
        {(data) => (
          <ScrollBody>
            <Section>
              <PushRow />
            </Section>
            <SwitchSetting
              icon="moon-outline"
              title={t('notifications:quiet')}
              body={t('notifications:quietBody')}
              value={data.quietHours !== null && data.quietHours !== undefined}
              onChange={(on) => save.mutate({ quietHours: on ? USUAL_QUIET : null })}
              testID="quiet"
            >
              {data.quietHours ? (
                <QuietHours
                  key={`${data.quietHours.start}${data.quietHours.end}`}
                  start={data.quietHours.start}
                  end={data.quietHours.end}
                  onChange={(quietHours) => save.mutate({ quietHours })}
                />
              ) : null}
            </SwitchSetting>
            <ChoiceSetting<Digest>
              title={t('notifications:digest')}
              segments={DIGESTS.map((value) => ({ value, label: t(`notifications:digest_${value}`) }))}
              value={data.digest}
              onChange={(digest) => save.mutate({ digest })}
              note={
                data.nextDigestAt
                  ? t('notifications:digestNext', { time: dateTime(data.nextDigestAt) })
                  : null
              }
            />
            <Ways
              kinds={kindsOf(data)}
              onChange={(kinds) =>
                save.mutate({ kinds: kinds as unknown as NotificationPreferences['kinds'] })
              }
            />
          </ScrollBody>
        )}
      </Loaded>
    </Screen>
  );
}

function Ways({ kinds, onChange }: { kinds: Kinds; onChange: (kinds: Kinds) => void }) {
  const { t } = useTranslation('notifications');
  const styles = useStyles();
  return (
    <View style={styles.ways}>
      <View style={styles.heads}>
        <Text variant="label" color="textFaint" role="heading" style={styles.grow}>
          {t('ways')}
        </Text>
        {CHANNELS.map((channel) => (
          <Text
            key={channel}
            variant="caption"
            color="textFaint"
            align="center"
            style={styles.cell}
            aria-hidden
          >
            {t(channel)}
          </Text>
        ))}
      </View>
      <Section>
        {Object.keys(kinds)
          .filter(isKnown)
          .map((kind) => (
            <View key={kind} style={styles.way}>
              <Icon name={kindIcon[kind].icon} size={18} color="textMuted" />
              <Text variant="label" style={styles.grow}>
                {t(`kind_${kind}`)}
              </Text>
              {CHANNELS.map((channel) => (
                <View key={channel} style={styles.cell}>
                  <Switch
                    label={`${t(`kind_${kind}`)}: ${t(channel)}`}
                    value={kinds[kind][channel]}
                    testID={`${kind}-${channel}`}
                    onChange={(on) => onChange({ ...kinds, [kind]: { ...kinds[kind], [channel]: on } })}
                  />
                </View>
              ))}
            </View>
          ))}
      </Section>
    </View>
  );
}

interface QuietHoursProps {
  start: string;
  end: string;
  onChange: (quiet: { start: string; end: string }) => void;
}

function QuietHours({ start, end, onChange }: QuietHoursProps) {
  const { t } = useTranslation('notifications');
  const styles = useStyles();
  const [typed, setTyped] = useState({ start, end });
  const times = { start: timeOfDay(typed.start), end: timeOfDay(typed.end) };
  const valid = times.start !== null && times.end !== null && times.start !== times.end;
  const leave = () => {
    if (!valid || times.start === null || times.end === null) return;
    if (times.start !== start || times.end !== end) onChange({ start: times.start, end: times.end });
  };
  return (
    <View style={styles.times}>
      <View style={styles.grow}>
        <Input
          label={t('from')}
          value={typed.start}
          onChangeText={(next) => setTyped((held) => ({ ...held, start: next }))}
          onBlur={leave}
          onSubmitEditing={leave}
          inputMode="numeric"
          maxLength={5}
          error={valid ? undefined : t('quietInvalid')}
        />
      </View>
      <View style={styles.grow}>
        <Input
          label={t('end')}
          value={typed.end}
          onChangeText={(next) => setTyped((held) => ({ ...held, end: next }))}
          onBlur={leave}
          onSubmitEditing={leave}
          inputMode="numeric"
          maxLength={5}
          hint={t('timeZone', { zone: here() })}
        />
      </View>
    </View>
  );
}

const useStyles = makeStyles(() => ({
  grow: { flex: 1, minWidth: 0 },
  times: { flexDirection: 'row', gap: space.m, alignItems: 'flex-start' },
  ways: { gap: space.s },
  heads: { flexDirection: 'row', alignItems: 'flex-end', gap: space.m, paddingHorizontal: space.l },
  way: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    minHeight: 56,
    paddingHorizontal: space.l,
  },
  cell: { width: 46, alignItems: 'center' },
}));
