// Owns the search in one room.
import { useLocalSearchParams, useRouter } from 'expo-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState, Input, Screen, ScrollBody } from '@/design';
import { useMessageSearch } from '../api';
import { FoundMessages } from '../components/FoundMessages';

export function SearchScreen() {
  const { t } = useTranslation(['chat', 'common']);
  const { roomId } = useLocalSearchParams<{ roomId?: string }>();
  const router = useRouter();
  const [words, setWords] = useState('');
  const found = useMessageSearch(words, roomId);
  return (
    <Screen title={t('chat:searchRoom')} back={{ label: t('common:back'), fallback: '/chats' }}>
      <ScrollBody>
        <Input
          label={t('chat:searchRoom')}
          hideLabel
          placeholder={t('common:search')}
          icon="search"
          autoFocus
          value={words}
          onChangeText={setWords}
        />
        {words.trim().length >= 2 ? (
          <FoundMessages
            result={found}
            onOpen={(message) =>
              router.dismissTo({
                pathname: '/chats/[roomId]',
                params: { roomId: message.roomId, jump: message.id },
              })
            }
          />
        ) : (
          <EmptyState icon="search" title={t('chat:searchHint')} />
        )}
      </ScrollBody>
    </Screen>
  );
}
