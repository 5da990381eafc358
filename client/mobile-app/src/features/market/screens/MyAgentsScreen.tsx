// Owns the list of agents that one holds: what each may do, how much of it is used, and the way into a room.
import type { Entitlement } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Avatar,
  Badge,
  Button,
  Card,
  EmptyState,
  makeStyles,
  radius,
  Screen,
  ScrollBody,
  space,
  Text,
} from '@/design';
import { i18n } from '@/i18n';
import { formatMoney } from '@/lib/money';
import { shortTime } from '@/lib/time';
import { Loaded } from '@/shell/Loaded';
import { useAgent, useEntitlements } from '../api';
import { BringIntoRoom } from '../components/BringIntoRoom';

export function MyAgentsScreen() {
  const { t } = useTranslation(['market', 'common']);
  const router = useRouter();
  return (
    <Screen title={t('market:myAgents')} back={{ label: t('common:back'), fallback: '/market' }}>
      <Loaded
        query={useEntitlements()}
        empty={
          <EmptyState
            icon="sparkles-outline"
            title={t('market:noAgents')}
            body={t('market:noAgentsBody')}
            action={<Button label={t('market:discover')} onPress={() => router.navigate('/market')} />}
          />
        }
      >
        {(all) => (
          <ScrollBody>
            {all.map((held) => (
              <Held key={held.id} held={held} />
            ))}
          </ScrollBody>
        )}
      </Loaded>
    </Screen>
  );
}

function Held({ held }: { held: Entitlement }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const router = useRouter();
  const agent = useAgent(held.agentId).data;
  const name = agent?.name ?? '…';
  const active = held.status === 'active';
  const pieces = held.quantity;
  return (
    <Card style={styles.card}>
      <View style={styles.head}>
        <Avatar id={held.agentId} name={name} kind="agent" size={48} />
        <View style={styles.words}>
          <Text variant="heading" numberOfLines={1}>
            {pieces > 1 ? `${pieces} × ${name}` : name}
          </Text>
          <Text variant="label" color="textMuted" numberOfLines={1}>
            {agent ? `@${agent.handle} · ${t('since', { time: shortTime(held.grantedAt) })}` : ' '}
          </Text>
        </View>
        {active ? null : (
          <Badge label={t(`held_${held.status}`)} tone={held.status === 'revoked' ? 'neutral' : 'warning'} />
        )}
      </View>
      <View style={styles.uses}>
        <Use
          name={t('rooms')}
          used={held.roomsUsed}
          most={held.scope.roomsMax ? held.scope.roomsMax * pieces : null}
        />
        <Use
          name={t('tokensToday')}
          used={held.tokensToday}
          most={held.scope.tokensPerDayMax ? held.scope.tokensPerDayMax * pieces : null}
        />
      </View>
      {held.messagePrice ? (
        <Text variant="caption" color="textMuted">
          {t('messageCosts', { price: formatMoney(held.messagePrice) })}
        </Text>
      ) : null}
      <View style={styles.buttons}>
        {active ? <BringIntoRoom agentId={held.agentId} name={name} kind="secondary" compact /> : null}
        <Button
          kind="ghost"
          compact
          label={t('toCard')}
          onPress={() => router.push({ pathname: '/market/cards/[cardId]', params: { cardId: held.cardId } })}
        />
        <Button
          kind="ghost"
          compact
          label={t('toOrder')}
          onPress={() =>
            router.push({ pathname: '/market/orders/[orderId]', params: { orderId: held.orderId } })
          }
        />
      </View>
    </Card>
  );
}

function Use({ name, used, most }: { name: string; used: number; most: number | null }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const number = new Intl.NumberFormat(i18n.language);
  const share = most ? Math.min(1, used / most) : 0;
  return (
    <View style={styles.use}>
      <Text variant="caption" color="textFaint">
        {name}
      </Text>
      <Text variant="label">
        {most === null
          ? t('usedOfAny', { used: number.format(used) })
          : t('usedOf', { used: number.format(used), most: number.format(most) })}
      </Text>
      {most === null ? null : (
        <View style={styles.track} aria-hidden>
          <View style={[styles.fill, share >= 1 && styles.full, { width: `${share * 100}%` }]} />
        </View>
      )}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  card: { gap: space.m },
  head: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  words: { flex: 1, minWidth: 0 },
  uses: { flexDirection: 'row', gap: space.l },
  use: { flex: 1, gap: space.xxs },
  track: { height: 5, borderRadius: radius.full, backgroundColor: colors.raised, marginTop: 2 },
  fill: { height: 5, borderRadius: radius.full, backgroundColor: colors.agent },
  full: { backgroundColor: colors.danger },
  buttons: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
}));
