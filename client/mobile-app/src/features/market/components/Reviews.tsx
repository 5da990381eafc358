// Owns what holders say of a card, and the place to say it.
import type { CardReview, ModelCard } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, Button, Card, IconButton, Input, makeStyles, Sheet, space, Text, toast } from '@/design';
import { queryClient } from '@/lib/query';
import { shortTime } from '@/lib/time';
import { wordsFor } from '@/lib/words';
import { Loaded } from '@/shell/Loaded';
import { myId } from '@/state/session';
import { marketActions, marketKeys, usePerson, useReviews } from '../api';
import { RatingBars, StarPicker, Stars, starsOf } from './Stars';

export function Reviews({
  card,
  mayWrite,
  moderates,
}: {
  card: ModelCard;
  mayWrite: boolean;
  moderates: boolean;
}) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const reviews = useReviews(card.id);
  const [writing, setWriting] = useState(false);
  const mine = reviews.data?.find((review) => review.authorId === myId());
  const average = card.rating.averageHundredths;
  return (
    <View style={styles.reviews}>
      <Text variant="heading" role="heading">
        {t('reviews')}
      </Text>
      {average != null ? (
        <View style={styles.sum}>
          <View style={styles.average}>
            <Text variant="display">{starsOf(average)}</Text>
            <Stars rating={Math.round(average / 100)} />
            <Text variant="caption" color="textFaint">
              {t('reviewCount', { count: card.rating.count })}
            </Text>
          </View>
          <RatingBars stars={card.rating.stars} />
        </View>
      ) : null}
      {mayWrite ? (
        <Button
          kind="secondary"
          icon="create-outline"
          label={mine ? t('editReview') : t('writeReview')}
          onPress={() => setWriting(true)}
        />
      ) : null}
      <Loaded query={reviews}>
        {(all) =>
          all.length === 0 ? (
            <Text color="textMuted">{t('noReviews')}</Text>
          ) : (
            <>
              {all.map((review) => (
                <Review key={review.id} review={review} mayRemove={moderates || review.authorId === myId()} />
              ))}
            </>
          )
        }
      </Loaded>
      {writing ? <Writer cardId={card.id} mine={mine} onClose={() => setWriting(false)} /> : null}
    </View>
  );
}

const renew = async (cardId: string) => {
  await queryClient.invalidateQueries({ queryKey: marketKeys.reviews(cardId) });
  await queryClient.invalidateQueries({ queryKey: marketKeys.card(cardId) });
};

function Review({ review, mayRemove }: { review: CardReview; mayRemove: boolean }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const author = usePerson(review.authorId).data;
  const name = author?.displayName ?? t('somebody');
  const remove = useMutation({
    mutationFn: async () => {
      await marketActions.removeReview(review.cardId, review.id);
      await renew(review.cardId);
    },
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  return (
    <Card style={styles.review}>
      <View style={styles.author}>
        <Avatar id={review.authorId} name={name} uri={author?.avatarUrl} size={32} />
        <View style={styles.grow}>
          <Text variant="label">{name}</Text>
          <Stars rating={review.rating} size={12} />
        </View>
        <Text variant="caption" color="textFaint">
          {shortTime(review.createdAt)}
        </Text>
        {mayRemove ? (
          <IconButton
            icon="trash-outline"
            iconSize={17}
            label={t('removeReview')}
            disabled={remove.isPending}
            onPress={() => remove.mutate()}
          />
        ) : null}
      </View>
      {review.text ? <Text color="textMuted">{review.text}</Text> : null}
    </Card>
  );
}

function Writer({
  cardId,
  mine,
  onClose,
}: {
  cardId: string;
  mine: CardReview | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslation(['market', 'common']);
  const styles = useStyles();
  const [rating, setRating] = useState(mine?.rating ?? 0);
  const [text, setText] = useState(mine?.text ?? '');
  const save = useMutation({
    mutationFn: async () => {
      await (mine
        ? marketActions.editReview(cardId, mine.id, rating, text.trim())
        : marketActions.review(cardId, rating, text.trim()));
      await renew(cardId);
    },
    onSuccess: onClose,
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  return (
    <Sheet visible title={t('market:yourReview')} closeLabel={t('common:close')} onClose={onClose}>
      <View style={styles.writer}>
        <StarPicker rating={rating} onRate={setRating} />
        <Input
          label={t('market:reviewText')}
          value={text}
          onChangeText={setText}
          multiline
          maxLength={2000}
        />
        <Button
          label={t('common:save')}
          disabled={rating === 0}
          busy={save.isPending}
          onPress={() => save.mutate()}
        />
      </View>
    </Sheet>
  );
}

const useStyles = makeStyles(() => ({
  reviews: { gap: space.m },
  sum: { flexDirection: 'row', alignItems: 'center', gap: space.xl },
  average: { alignItems: 'center', gap: 2 },
  review: { gap: space.s },
  author: { flexDirection: 'row', alignItems: 'center', gap: space.s + 2 },
  grow: { flex: 1, gap: 2 },
  writer: { paddingHorizontal: space.l, paddingBottom: space.m, gap: space.l },
}));
