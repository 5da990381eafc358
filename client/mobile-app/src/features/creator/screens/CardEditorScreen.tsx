// Owns the writing of a card: from the first draft through the moderator to the next revision, and off sale.
import { ApiProblem, type ModelCard } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useLocalSearchParams, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Button,
  Card,
  Confirm,
  Icon,
  ListItem,
  makeStyles,
  Screen,
  ScrollBody,
  Section,
  space,
  Text,
  toast,
} from '@/design';
import { useCard } from '@/features/market/api';
import { dateTime } from '@/lib/time';
import { wordsFor } from '@/lib/words';
import { Loaded } from '@/shell/Loaded';
import { creatorActions, takeCard, useRevisions } from '../api';
import { CardFields } from '../components/CardFields';
import { blank, changesOf, contentOf, type Faults, faultsOf, formOf } from '../model/form';
import { mayEdit, type Step, stepsFor, writing } from '../model/steps';

export function CardEditorScreen() {
  const { t } = useTranslation(['creator', 'common']);
  const { cardId } = useLocalSearchParams<{ cardId: string }>();
  const card = useCard(cardId);
  return (
    <Screen
      title={card.data ? (card.data.draft ?? card.data).name : ''}
      back={{ label: t('common:back'), fallback: '/creator' }}
    >
      <Loaded query={card}>{(found) => <Editor key={found.id} card={found} />}</Loaded>
    </Screen>
  );
}

export function NewCardScreen() {
  const { t } = useTranslation(['creator', 'common']);
  return (
    <Screen title={t('creator:newCard')} back={{ label: t('common:back'), fallback: '/creator' }}>
      <Editor card={null} />
    </Screen>
  );
}

function Editor({ card }: { card: ModelCard | null }) {
  const { t } = useTranslation('creator');
  const styles = useStyles();
  const router = useRouter();
  const [before, setBefore] = useState(() => (card ? formOf(card) : blank));
  const [form, setForm] = useState(before);
  const [faults, setFaults] = useState<Faults>({});
  const currency = card?.price.currency ?? 'EUR';
  const changed = JSON.stringify(form) !== JSON.stringify(before);
  const begin = (next: ModelCard) => {
    setBefore(formOf(next));
    setForm(formOf(next));
  };
  // What the server has in the meantime is taken over, but never in place of what is being written.
  const [seen, setSeen] = useState(card?.version);
  if (card && card.version !== seen && !changed) {
    setSeen(card.version);
    begin(card);
  }
  const save = useMutation({
    mutationFn: () =>
      card
        ? creatorActions.edit(card.id, changesOf(before, form, currency))
        : creatorActions.begin(contentOf(form, currency)),
    onSuccess: (saved) => {
      takeCard(saved);
      begin(saved);
      toast(t('saved'));
      if (!card) router.replace({ pathname: '/creator/cards/[cardId]', params: { cardId: saved.id } });
    },
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  const said = (field: string) => (save.error instanceof ApiProblem ? save.error.field(field) : undefined);
  const trySave = () => {
    const found = faultsOf(form);
    setFaults(found);
    if (Object.keys(found).length === 0) save.mutate();
    else toast(t('lookAtFields'), 'danger');
  };
  const locked = card !== null && !mayEdit(card);
  return (
    <ScrollBody>
      {card ? <State card={card} changed={changed} /> : <Text color="textMuted">{t('newBody')}</Text>}
      <CardFields
        form={form}
        faults={faults}
        said={said}
        currency={currency}
        // What was written on while it is saved would be lost when the answer comes.
        locked={locked || save.isPending}
        handleLocked={card?.revision != null}
        onChange={(part) => setForm((held) => ({ ...held, ...part }))}
      />
      {locked ? null : (
        <View style={styles.end}>
          {card?.revision ? (
            <Text variant="caption" color="textFaint" align="center">
              {t('saveHint')}
            </Text>
          ) : null}
          <Button
            testID="save-card"
            label={t('save')}
            disabled={card !== null && !changed}
            busy={save.isPending}
            onPress={trySave}
          />
        </View>
      )}
      {card?.revision ? <Revisions cardId={card.id} /> : null}
    </ScrollBody>
  );
}

const kinds = { submit: 'primary', publish: 'primary', retire: 'ghost', remove: 'ghost' } as const;
const icons = {
  submit: 'paper-plane-outline',
  publish: 'rocket-outline',
  retire: 'archive-outline',
  remove: 'trash-outline',
} as const;

/** Where the card stands, and the next step. */
function State({ card, changed }: { card: ModelCard; changed: boolean }) {
  const { t } = useTranslation(['creator', 'market', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const [asking, setAsking] = useState<Step | null>(null);
  const step = useMutation({
    mutationFn: async (name: Step) => {
      if (name === 'remove') {
        await creatorActions.remove(card.id);
        return null;
      }
      return creatorActions[name](card.id);
    },
    onSuccess: (next, name) => {
      setAsking(null);
      toast(t(`creator:did_${name}`));
      if (next) takeCard(next);
      else {
        takeCard(card);
        router.replace('/creator');
      }
    },
    onError: (failure) => {
      setAsking(null);
      toast(wordsFor(failure), 'danger');
    },
  });
  const state = writing(card);
  const reason = card.draft?.reason ?? card.suspendedBecause;
  return (
    <Card style={styles.state}>
      <View style={styles.line}>
        <Icon
          name={state === 'rejected' ? 'alert-circle' : 'flag-outline'}
          color={state === 'rejected' ? 'danger' : 'accent'}
        />
        <View style={styles.grow}>
          <Text variant="bodyStrong">{t(`market:card_${state}`)}</Text>
          <Text variant="label" color="textMuted">
            {t(`creator:stateBody_${state}`)}
          </Text>
        </View>
      </View>
      {reason ? <Text color="danger">{t('creator:reason', { reason })}</Text> : null}
      <View style={styles.buttons}>
        {stepsFor(card).map((name) => (
          <Button
            key={name}
            testID={`step-${name}`}
            kind={kinds[name]}
            icon={icons[name]}
            label={t(`creator:step_${name}`)}
            disabled={changed && (name === 'submit' || name === 'publish')}
            busy={step.isPending && step.variables === name}
            onPress={() => (name === 'retire' || name === 'remove' ? setAsking(name) : step.mutate(name))}
          />
        ))}
        {card.revision ? (
          <Button
            kind="ghost"
            label={t('creator:asOthers')}
            onPress={() => router.push({ pathname: '/market/cards/[cardId]', params: { cardId: card.id } })}
          />
        ) : null}
      </View>
      {changed ? (
        <Text variant="caption" color="textFaint">
          {t('creator:saveFirst')}
        </Text>
      ) : null}
      <Confirm
        visible={asking !== null}
        title={asking === 'remove' ? t('creator:step_remove') : t('creator:step_retire')}
        body={asking === 'remove' ? t('creator:removeBody') : t('creator:retireBody')}
        confirmLabel={asking === 'remove' ? t('creator:step_remove') : t('creator:step_retire')}
        cancelLabel={t('common:cancel')}
        danger
        busy={step.isPending}
        onCancel={() => setAsking(null)}
        onConfirm={() => asking && step.mutate(asking)}
      />
    </Card>
  );
}

function Revisions({ cardId }: { cardId: string }) {
  const { t } = useTranslation('creator');
  return (
    <Loaded query={useRevisions(cardId)}>
      {(all) => (
        <Section title={t('revisions')}>
          {all.map((one) => (
            <ListItem
              key={one.revision}
              title={t('revisionNumber', { number: one.revision, name: one.name })}
              subtitle={`@${one.handle} · ${dateTime(one.publishedAt)}`}
              leading={<Icon name="git-commit-outline" color="textMuted" />}
            />
          ))}
        </Section>
      )}
    </Loaded>
  );
}

const useStyles = makeStyles(() => ({
  end: { gap: space.s },
  state: { gap: space.m },
  line: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  grow: { flex: 1 },
  buttons: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
}));
