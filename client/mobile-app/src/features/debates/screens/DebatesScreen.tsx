// Owns the list of debates in one's rooms.
import type { DebateSummary } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Badge, Button, EmptyState, Icon, ListItem, Screen, ScrollBody, Section } from '@/design';
import { useRoom } from '@/features/chat/api';
import { faceOf } from '@/features/chat/model/rooms';
import { shortTime } from '@/lib/time';
import { Loaded } from '@/shell/Loaded';
import { myId } from '@/state/session';
import { useDebates } from '../api';
import { isOver, openVoting } from '../model/debate';

export function DebatesScreen() {
  const { t } = useTranslation(['debates', 'common']);
  const router = useRouter();
  const begin = () => router.push('/debates/new');
  return (
    <Screen
      title={t('debates:debates')}
      back={{ label: t('common:back'), fallback: '/market' }}
      actions={
        <Button compact icon="add" label={t('debates:newDebate')} onPress={begin} testID="new-debate" />
      }
    >
      <Loaded
        query={useDebates()}
        empty={
          <EmptyState
            icon="mic-outline"
            title={t('debates:none')}
            body={t('debates:noneBody')}
            action={<Button icon="add" label={t('debates:newDebate')} onPress={begin} />}
          />
        }
      >
        {(debates) => (
          <ScrollBody>
            {[
              { key: 'now', title: t('debates:now'), items: debates.filter((one) => !isOver(one)) },
              { key: 'past', title: t('debates:past'), items: debates.filter(isOver) },
            ]
              .filter(({ items }) => items.length > 0)
              .map(({ key, title, items }) => (
                <Section key={key} title={title}>
                  {items.map((debate) => (
                    <Row key={debate.id} debate={debate} />
                  ))}
                </Section>
              ))}
          </ScrollBody>
        )}
      </Loaded>
    </Screen>
  );
}

function Row({ debate }: { debate: DebateSummary }) {
  const { t } = useTranslation('debates');
  const router = useRouter();
  const room = useRoom(debate.roomId).data;
  const open = openVoting(debate);
  return (
    <ListItem
      title={debate.motion}
      subtitle={[room ? faceOf(room, myId()).name : '', shortTime(debate.createdAt)]
        .filter(Boolean)
        .join(' · ')}
      leading={
        <Icon name={open ? 'checkbox-outline' : 'mic-outline'} color={open ? 'accent' : 'textMuted'} />
      }
      trailing={
        <View>
          <Badge
            label={t(`phase_${debate.phase}`)}
            tone={isOver(debate) ? 'neutral' : open ? 'accent' : 'agent'}
          />
        </View>
      }
      onPress={() => router.push({ pathname: '/debates/[debateId]', params: { debateId: debate.id } })}
    />
  );
}
