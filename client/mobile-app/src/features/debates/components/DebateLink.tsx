// Owns the way from a room to its debates.
import type { Room } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { Button } from '@/design';

export function DebateLink({ room }: { room: Room }) {
  const { t } = useTranslation('debates');
  const router = useRouter();
  if (room.kind !== 'group' || room.agents.length < 2) return null;
  return (
    <Button
      kind="secondary"
      icon="mic-outline"
      label={t('beginHere')}
      onPress={() => router.push({ pathname: '/debates/new', params: { roomId: room.id } })}
    />
  );
}
