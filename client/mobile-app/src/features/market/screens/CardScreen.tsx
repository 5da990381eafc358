// Owns the page of a card: what it is, what it can, what it costs, who made it, and what others say.
import type { ModelCard } from '@aichatwar/shared';
import { useLocalSearchParams, useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Avatar,
  Badge,
  Button,
  Card,
  Chip,
  Fact,
  Facts,
  ListItem,
  makeStyles,
  radius,
  Screen,
  ScrollBody,
  Section,
  space,
  Text,
} from '@/design';
import { ModeratorActions } from '@/features/moderation/components/ModeratorActions';
import { useModerates } from '@/features/moderation/api';
import { Loaded } from '@/shell/Loaded';
import { myId } from '@/state/session';
import { useCard, useEntitlements, usePerson } from '../api';
import { BringIntoRoom } from '../components/BringIntoRoom';
import { Capabilities } from '../components/Capabilities';
import { CardArt } from '../components/CardArt';
import { EditionBadge, EditionBar, Price } from '../components/Price';
import { Reviews } from '../components/Reviews';
import { SamplePrompts } from '../components/SamplePrompts';
import { RatingLine } from '../components/Stars';
import { TryOut } from '../components/TryOut';

export function CardScreen() {
  const { t } = useTranslation(['market', 'common']);
  const { cardId } = useLocalSearchParams<{ cardId: string }>();
  const card = useCard(cardId);
  return (
    <Screen title={card.data?.name ?? ''} back={{ label: t('common:back'), fallback: '/market' }}>
      <Loaded query={card}>{(found) => <Page card={found} />}</Loaded>
    </Screen>
  );
}

function Page({ card }: { card: ModelCard }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const router = useRouter();
  const moderates = useModerates();
  const seller = usePerson(card.sellerId).data;
  const mine = card.sellerId === myId();
  const held = (useEntitlements().data ?? []).find(
    ({ cardId, status }) => cardId === card.id && status === 'active',
  );
  const full = card.edition?.available === 0;
  const buy = () => router.push({ pathname: '/market/checkout/[cardId]', params: { cardId: card.id } });
  return (
    <ScrollBody>
      <View style={styles.hero}>
        <CardArt id={card.id} category={card.category} size={148} banner />
        <View style={styles.heroWords}>
          <View style={styles.badges}>
            <Badge label={t(`category_${card.category}`)} />
            <EditionBadge edition={card.edition} />
            {card.status !== 'published' ? <Badge label={t(`card_${card.status}`)} tone="warning" /> : null}
            {held ? <Badge label={t('owned')} tone="agent" /> : null}
          </View>
          <Text variant="display" role="heading">
            {card.name}
          </Text>
          <View style={styles.line}>
            <Text color="textMuted">@{card.handle}</Text>
            <RatingLine rating={card.rating} long />
            {card.sales > 0 ? (
              <Text variant="caption" color="textFaint">
                {t('salesCount', { count: card.sales })}
              </Text>
            ) : null}
          </View>
        </View>
        <View style={styles.buy}>
          <View style={styles.tag}>
            <Price price={card.price} variant="title" />
            {card.messagePrice ? (
              <Text variant="caption" color="textMuted">
                {t('plusMessages')}
              </Text>
            ) : null}
          </View>
          {mine ? (
            <Button
              kind="secondary"
              icon="create-outline"
              label={t('editCard')}
              onPress={() =>
                router.push({ pathname: '/creator/cards/[cardId]', params: { cardId: card.id } })
              }
            />
          ) : (
            <View style={styles.actions}>
              {card.status === 'published' ? (
                <Button
                  testID="buy"
                  kind={held ? 'secondary' : 'primary'}
                  disabled={full}
                  label={
                    full ? t('soldOut') : held ? t('buyAgain') : card.price.amount === 0 ? t('get') : t('buy')
                  }
                  onPress={buy}
                />
              ) : null}
              {held ? <BringIntoRoom agentId={held.agentId} name={card.name} /> : null}
            </View>
          )}
        </View>
      </View>
      {card.suspendedBecause ? (
        <Card>
          <Text color="danger">{t('suspendedBecause', { reason: card.suspendedBecause })}</Text>
        </Card>
      ) : null}
      <Text selectable>{card.description}</Text>
      {card.edition && card.edition.size > 1 ? <EditionBar edition={card.edition} /> : null}
      {card.status === 'published' ? (
        <TryOut key={card.id} card={card} />
      ) : card.samplePrompts.length > 0 ? (
        <View style={styles.group}>
          <Text variant="heading" role="heading">
            {t('askIt')}
          </Text>
          <SamplePrompts prompts={card.samplePrompts} />
        </View>
      ) : null}
      <View style={styles.group}>
        <Text variant="heading" role="heading">
          {t('capabilities')}
        </Text>
        <Capabilities card={card} />
        {card.tags.length > 0 ? (
          <View style={styles.badges}>
            {card.tags.map((tag) => (
              <Badge key={tag} label={tag} />
            ))}
          </View>
        ) : null}
      </View>
      {card.persona ? (
        <View style={styles.group}>
          <Text variant="heading" role="heading">
            {t('persona')}
          </Text>
          <Card>
            <Text selectable color="textMuted">
              {card.persona}
            </Text>
          </Card>
        </View>
      ) : (
        <Facts>
          <Fact name={t('persona')} value={t('personaSecret')} />
        </Facts>
      )}
      <Section title={t('seller')}>
        <ListItem
          title={seller?.displayName ?? '…'}
          subtitle={seller ? `@${seller.handle}` : undefined}
          leading={<Avatar id={card.sellerId} name={seller?.displayName ?? ''} uri={seller?.avatarUrl} />}
          trailing={
            <Chip
              label={t('allOfSeller')}
              onPress={() => router.push({ pathname: '/market', params: { seller: card.sellerId } })}
            />
          }
        />
      </Section>
      {moderates ? <ModeratorActions card={card} /> : null}
      <Reviews card={card} mayWrite={held !== undefined && !mine} moderates={moderates} />
    </ScrollBody>
  );
}

const useStyles = makeStyles((colors) => ({
  hero: {
    borderRadius: radius.xl,
    borderWidth: 1,
    borderColor: colors.border,
    backgroundColor: colors.surface,
    overflow: 'hidden',
  },
  heroWords: { padding: space.l, paddingBottom: space.m, gap: space.s },
  badges: { flexDirection: 'row', flexWrap: 'wrap', gap: space.xs + 2 },
  line: { flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', gap: space.m },
  buy: {
    flexDirection: 'row',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: space.m,
    padding: space.l,
    borderTopWidth: 1,
    borderTopColor: colors.border,
  },
  tag: { gap: 1 },
  actions: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s, flexGrow: 1, justifyContent: 'flex-end' },
  group: { gap: space.m },
}));
