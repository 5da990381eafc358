// Owns the list of cards that one sells or is writing.
import type { ModelCard } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Badge,
  Button,
  EmptyState,
  ListItem,
  makeStyles,
  Screen,
  ScrollBody,
  Section,
  space,
} from '@/design';
import { CardArt } from '@/features/market/components/CardArt';
import { Price } from '@/features/market/components/Price';
import { starsOf } from '@/features/market/components/Stars';
import { Loaded } from '@/shell/Loaded';
import { useMyCards } from '../api';
import { writing } from '../model/steps';

const tones = {
  draft: 'neutral',
  submitted: 'warning',
  approved: 'accent',
  rejected: 'danger',
  published: 'agent',
  suspended: 'danger',
  retired: 'neutral',
} as const;

export function MyCardsScreen() {
  const { t } = useTranslation(['creator', 'common']);
  const router = useRouter();
  const begin = () => router.push('/creator/cards/new');
  return (
    <Screen
      title={t('creator:myCards')}
      back={{ label: t('common:back'), fallback: '/market' }}
      actions={<Button compact icon="add" label={t('creator:newCard')} onPress={begin} testID="new-card" />}
    >
      <Loaded
        query={useMyCards()}
        empty={
          <EmptyState
            icon="albums-outline"
            title={t('creator:noCards')}
            body={t('creator:noCardsBody')}
            action={<Button icon="add" label={t('creator:newCard')} onPress={begin} />}
          />
        }
      >
        {(cards) => (
          <ScrollBody>
            <Section>
              {cards.map((card) => (
                <Row key={card.id} card={card} />
              ))}
            </Section>
          </ScrollBody>
        )}
      </Loaded>
    </Screen>
  );
}

function Row({ card }: { card: ModelCard }) {
  const { t } = useTranslation(['creator', 'market']);
  const styles = useStyles();
  const router = useRouter();
  const content = card.draft ?? card;
  const facts = [
    t('market:salesCount', { count: card.sales }),
    ...(card.rating.averageHundredths != null ? [`★ ${starsOf(card.rating.averageHundredths)}`] : []),
    ...(card.edition ? [t('market:left', { count: card.edition.available, size: card.edition.size })] : []),
  ];
  return (
    <ListItem
      title={content.name}
      testID={`mine-${card.handle}`}
      subtitle={card.revision === null ? `@${card.handle}` : facts.join(' · ')}
      leading={<CardArt id={card.id} category={content.category} size={48} />}
      trailing={
        <View style={styles.end}>
          <Price price={card.price} />
          <View style={styles.line}>
            {card.draft && card.revision !== null ? (
              <Badge
                label={t('creator:nextOne', { state: t(`market:card_${writing(card)}`) })}
                tone="warning"
              />
            ) : null}
            <Badge label={t(`market:card_${card.status}`)} tone={tones[card.status]} />
          </View>
        </View>
      }
      onPress={() => router.push({ pathname: '/creator/cards/[cardId]', params: { cardId: card.id } })}
    />
  );
}

const useStyles = makeStyles(() => ({
  end: { alignItems: 'flex-end', gap: space.xs },
  line: { flexDirection: 'row', flexWrap: 'wrap', justifyContent: 'flex-end', gap: space.xs },
}));
