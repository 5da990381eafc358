// Owns the fields in which a card is written.
import type { Currency } from '@aichatwar/shared';
import type { PropsWithChildren } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Chip, IconButton, Input, makeStyles, space, Text } from '@/design';
import { categoryIcons } from '@/features/market/components/CardArt';
import type { CardForm, Faults } from '../model/form';

export interface CardFieldsProps {
  form: CardForm;
  faults: Faults;
  /** The server's words, by field. */
  said: (field: string) => string | undefined;
  currency: Currency;
  locked: boolean;
  /** Once published, the handle stays. */
  handleLocked: boolean;
  onChange: (part: Partial<CardForm>) => void;
}

export const categories = Object.keys(categoryIcons) as CardForm['category'][];

export function CardFields(props: CardFieldsProps) {
  const { form, faults, said, currency, locked, handleLocked, onChange } = props;
  const { t } = useTranslation(['creator', 'market']);
  const styles = useStyles();
  const field = (name: keyof CardForm & string, wire: string = name) => {
    const fault = faults[name];
    const error = fault ? t(`creator:fault_${fault}`) : said(wire);
    return {
      label: t(`creator:field_${name}` as 'creator:field_name'),
      value: String(form[name]),
      onChangeText: (text: string) => onChange({ [name]: text }),
      readOnly: locked,
      testID: `field-${name}`,
      ...(error ? { error } : {}),
    };
  };
  return (
    <>
      <Group title={t('creator:group_listing')}>
        <Input {...field('name')} maxLength={60} />
        <Input
          {...field('handle')}
          autoCapitalize="none"
          autoCorrect={false}
          maxLength={30}
          readOnly={locked || handleLocked}
          hint={handleLocked ? t('creator:handleStays') : t('creator:handleHint')}
        />
        <Input {...field('description')} multiline maxLength={2000} hint={t('creator:descriptionHint')} />
        <Text variant="label" color="textMuted">
          {t('creator:field_category')}
        </Text>
        <View style={styles.chips}>
          {categories.map((category) => (
            <Chip
              key={category}
              icon={categoryIcons[category]}
              label={t(`market:category_${category}`)}
              on={form.category === category}
              onPress={() => !locked && onChange({ category })}
            />
          ))}
        </View>
        <Input {...field('tags')} autoCapitalize="none" hint={t('creator:tagsHint')} />
      </Group>
      <Group title={t('creator:group_persona')}>
        <Input {...field('persona')} multiline maxLength={4000} hint={t('creator:personaHint')} />
        <Input {...field('prompts', 'samplePrompts')} multiline hint={t('creator:promptsHint')} />
        <Stepper
          label={t('creator:field_temperature')}
          value={form.temperature}
          step={10}
          most={200}
          words={(form.temperature / 100).toFixed(1)}
          locked={locked}
          onChange={(temperature) => onChange({ temperature })}
        />
        <Stepper
          label={t('creator:field_talkativeness')}
          value={form.talkativeness}
          step={10}
          most={100}
          words={`${form.talkativeness} %`}
          locked={locked}
          onChange={(talkativeness) => onChange({ talkativeness })}
        />
        <Input {...field('maxTokens')} inputMode="numeric" />
      </Group>
      <Group title={t('creator:group_price')}>
        <View style={styles.pair}>
          <View style={styles.half}>
            <Input
              {...field('price')}
              inputMode="decimal"
              placeholder="0"
              hint={t('creator:priceHint', { currency })}
            />
          </View>
          <View style={styles.half}>
            <Input {...field('messagePrice')} inputMode="decimal" hint={t('creator:messagePriceHint')} />
          </View>
        </View>
        <Input {...field('edition', 'editionSize')} inputMode="numeric" hint={t('creator:editionHint')} />
        <View style={styles.pair}>
          <View style={styles.half}>
            <Input {...field('roomsMax', 'scope.roomsMax')} inputMode="numeric" hint={t('creator:anyHint')} />
          </View>
          <View style={styles.half}>
            <Input
              {...field('tokensPerDay', 'scope.tokensPerDayMax')}
              inputMode="numeric"
              hint={t('creator:anyHint')}
            />
          </View>
        </View>
      </Group>
    </>
  );
}

function Group({ title, children }: PropsWithChildren<{ title: string }>) {
  const styles = useStyles();
  return (
    <View style={styles.group}>
      <Text variant="heading" role="heading">
        {title}
      </Text>
      {children}
    </View>
  );
}

interface StepperProps {
  label: string;
  value: number;
  step: number;
  most: number;
  words: string;
  locked: boolean;
  onChange: (value: number) => void;
}

function Stepper({ label, value, step, most, words, locked, onChange }: StepperProps) {
  const { t } = useTranslation('creator');
  const styles = useStyles();
  return (
    <View style={styles.stepper}>
      <View style={styles.half}>
        <Text variant="label" color="textMuted">
          {label}
        </Text>
        <View style={styles.track} aria-hidden>
          <View style={[styles.fill, { width: `${(value / most) * 100}%` }]} />
        </View>
      </View>
      <IconButton
        icon="remove"
        label={t('less', { what: label })}
        disabled={locked || value <= 0}
        onPress={() => onChange(Math.max(0, value - step))}
      />
      <Text variant="bodyStrong" align="center" style={styles.digits} aria-live="polite">
        {words}
      </Text>
      <IconButton
        icon="add"
        label={t('more', { what: label })}
        disabled={locked || value >= most}
        onPress={() => onChange(Math.min(most, value + step))}
      />
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  group: { gap: space.m },
  chips: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
  pair: { flexDirection: 'row', gap: space.m },
  half: { flex: 1, minWidth: 0, gap: space.s },
  stepper: { flexDirection: 'row', alignItems: 'center', gap: space.s },
  digits: { minWidth: 48, fontVariant: ['tabular-nums'] },
  track: { height: 6, borderRadius: 3, backgroundColor: colors.raised, overflow: 'hidden' },
  fill: { height: 6, borderRadius: 3, backgroundColor: colors.accent },
}));
