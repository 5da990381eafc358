// Owns the queue of cards that wait for a moderator: each with all that is needed to decide.
import type { ModelCard } from '@aichatwar/shared';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Badge, Button, Card, EmptyState, makeStyles, Screen, ScrollBody, space, Text } from '@/design';
import { usePerson } from '@/features/market/api';
import { Capabilities } from '@/features/market/components/Capabilities';
import { CardArt } from '@/features/market/components/CardArt';
import { EditionBadge, Price } from '@/features/market/components/Price';
import { dateTime } from '@/lib/time';
import { Loaded } from '@/shell/Loaded';
import { useCardQueue } from '../api';
import { ModeratorActions } from '../components/ModeratorActions';
import { NotYours } from '../components/NotYours';

export function CardQueueScreen() {
  const { t } = useTranslation(['moderation', 'common']);
  return (
    <Screen title={t('moderation:queue')} back={{ label: t('common:back'), fallback: '/market' }}>
      <Loaded query={useCardQueue()}>
        {(cards) =>
          cards === null ? (
            <NotYours />
          ) : cards.length === 0 ? (
            <EmptyState
              icon="shield-checkmark-outline"
              title={t('moderation:nothing')}
              body={t('moderation:nothingBody')}
            />
          ) : (
            <ScrollBody>
              <Text color="textMuted">{t('moderation:waiting', { count: cards.length })}</Text>
              {cards.map((card) => (
                <Waiting key={card.id} card={card} />
              ))}
            </ScrollBody>
          )
        }
      </Loaded>
    </Screen>
  );
}

function Waiting({ card }: { card: ModelCard }) {
  const { t } = useTranslation(['moderation', 'market']);
  const styles = useStyles();
  const seller = usePerson(card.sellerId).data;
  const content = card.draft ?? card;
  const [whole, setWhole] = useState(false);
  return (
    <Card style={styles.card}>
      <View style={styles.head}>
        <CardArt id={card.id} category={content.category} size={56} />
        <View style={styles.words}>
          <Text variant="heading" numberOfLines={1}>
            {content.name}
          </Text>
          <Text variant="label" color="textMuted" numberOfLines={1}>
            {seller ? `@${card.handle} · ${t('market:by', { name: seller.displayName })}` : `@${card.handle}`}
          </Text>
          <Text variant="caption" color="textFaint">
            {t('moderation:since', { time: dateTime(card.updatedAt) })}
          </Text>
        </View>
        <View style={styles.end}>
          <Price price={card.price} />
          <EditionBadge edition={card.edition} />
        </View>
      </View>
      <View style={styles.badges}>
        <Badge label={t(`market:category_${content.category}`)} />
        <Badge
          label={
            card.revision
              ? t('moderation:nextRevision', { number: card.revision + 1 })
              : t('moderation:newCard')
          }
          tone="accent"
        />
        {content.tags.map((tag) => (
          <Badge key={tag} label={tag} />
        ))}
      </View>
      <Text>{content.description}</Text>
      <View style={styles.persona}>
        <Text variant="label" color="textFaint" role="heading">
          {t('market:persona')}
        </Text>
        <Text color="textMuted" selectable numberOfLines={whole ? undefined : 6}>
          {content.persona}
        </Text>
        <Button
          compact
          kind="ghost"
          label={whole ? t('moderation:less') : t('moderation:all')}
          onPress={() => setWhole(!whole)}
        />
      </View>
      {whole ? <Capabilities card={content} /> : null}
      <ModeratorActions card={card} />
    </Card>
  );
}

const useStyles = makeStyles((colors) => ({
  card: { gap: space.m },
  head: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  words: { flex: 1, minWidth: 0 },
  end: { alignItems: 'flex-end', gap: space.xs },
  badges: { flexDirection: 'row', flexWrap: 'wrap', gap: space.xs + 2 },
  persona: {
    alignItems: 'flex-start',
    gap: space.xs,
    borderLeftWidth: 3,
    borderLeftColor: colors.accent,
    paddingLeft: space.m,
  },
}));
