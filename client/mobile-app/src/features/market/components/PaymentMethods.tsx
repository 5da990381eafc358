// Owns the choice of how to pay: what the built-in provider takes, which moves no money and says so.
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Badge, Icon, type IconName, ListItem, Section } from '@/design';

export const methods = ['test_success', 'test_slow', 'test_decline', 'test_never'] as const;
export type Method = (typeof methods)[number];

const icons: Record<Method, IconName> = {
  test_success: 'card-outline',
  test_slow: 'hourglass-outline',
  test_decline: 'close-circle-outline',
  test_never: 'cloud-offline-outline',
};

export function PaymentMethods({ chosen, onChoose }: { chosen: Method; onChoose: (method: Method) => void }) {
  const { t } = useTranslation('market');
  return (
    <View role="radiogroup" aria-label={t('payWith')}>
      <Section title={t('payWith')}>
        {methods.map((method) => (
          <ListItem
            key={method}
            role="radio"
            testID={method}
            title={t(`method_${method}`)}
            subtitle={t(`methodBody_${method}`)}
            selected={method === chosen}
            leading={<Icon name={icons[method]} color={method === chosen ? 'accent' : 'textMuted'} />}
            trailing={
              <>
                <View>
                  <Badge label={t('test')} tone="warning" />
                </View>
                <Icon
                  name={method === chosen ? 'radio-button-on' : 'radio-button-off'}
                  size={20}
                  color={method === chosen ? 'accent' : 'borderStrong'}
                />
              </>
            }
            onPress={() => onChoose(method)}
          />
        ))}
      </Section>
    </View>
  );
}
