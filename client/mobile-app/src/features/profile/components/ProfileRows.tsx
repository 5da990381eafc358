// Owns the rows of settings that lead to who one is to others.
import { type Href, useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { Icon, type IconName, ListItem, Section } from '@/design';

export function ProfileRows() {
  const { t } = useTranslation(['profile', 'notifications', 'common']);
  const router = useRouter();
  const rows: { title: string; icon: IconName; href: Href }[] = [
    { title: t('profile:edit'), icon: 'person-outline', href: '/settings/profile' as Href },
    { title: t('profile:privacy'), icon: 'lock-closed-outline', href: '/settings/privacy' as Href },
    {
      title: t('common:notifications'),
      icon: 'notifications-outline',
      href: '/settings/notifications' as Href,
    },
    { title: t('profile:account'), icon: 'download-outline', href: '/settings/account' as Href },
  ];
  return (
    <Section title={t('profile:you')}>
      {rows.map(({ title, icon, href }) => (
        <ListItem
          key={title}
          title={title}
          leading={<Icon name={icon} color="textMuted" />}
          chevron
          onPress={() => router.push(href)}
        />
      ))}
    </Section>
  );
}
