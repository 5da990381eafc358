// Owns who finds a person, sees that they are there, and writes to them.
import type { Audience, Privacy } from '@aichatwar/shared';
import { type Href, useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { ChoiceSetting, Icon, ListItem, Screen, ScrollBody, Section, SwitchSetting } from '@/design';
import { attempt } from '@/lib/attempt';
import { queryClient } from '@/lib/query';
import { Loaded } from '@/shell/Loaded';
import { accountActions, profileKeys, useMe } from '../api';

export function PrivacyScreen() {
  const { t } = useTranslation(['profile', 'common']);
  const router = useRouter();
  const me = useMe();
  const set = async (part: Partial<Privacy>) => {
    const held = me.data;
    if (!held) return;
    const privacy = { ...held.privacy, ...part };
    queryClient.setQueryData(profileKeys.me, { ...held, privacy });
    if (!(await attempt(() => accountActions.edit({ privacy }))))
      queryClient.setQueryData(profileKeys.me, held);
  };
  const audiences = (values: readonly Audience[]) =>
    values.map((value) => ({ value, label: t(`profile:${value}`) }));
  return (
    <Screen narrow title={t('profile:privacy')} back={{ label: t('common:back'), fallback: '/settings' }}>
      <Loaded query={me} rows={4}>
        {(found) => (
          <ScrollBody>
            <SwitchSetting
              title={t('profile:findable')}
              body={t('profile:findableBody')}
              value={found.privacy.findable}
              onChange={(findable) => void set({ findable })}
              testID="findable"
            />
            <ChoiceSetting<Audience>
              title={t('profile:presence')}
              segments={audiences(['everyone', 'friends', 'nobody'])}
              value={found.privacy.presence}
              onChange={(presence) => void set({ presence })}
            />
            <ChoiceSetting<Audience>
              title={t('profile:messages')}
              segments={audiences(['everyone', 'friends'])}
              value={found.privacy.directMessages}
              onChange={(directMessages) => void set({ directMessages })}
            />
            <Section>
              <ListItem
                title={t('profile:blocks')}
                subtitle={t('profile:blocksBody')}
                leading={<Icon name="ban-outline" color="textMuted" />}
                chevron
                onPress={() => router.push('/settings/blocks' as Href)}
              />
            </Section>
          </ScrollBody>
        )}
      </Loaded>
    </Screen>
  );
}
