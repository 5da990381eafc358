// Owns how the text of a post or comment reads: tags, names and addresses lead somewhere.
import type { PostMention } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Span, Text, Touchable, type TypeName, useTheme } from '@/design';
import { openOutside } from '@/lib/links';
import { useLinks } from '@/shell/useLinks';
import { piecesOf } from '../model/richText';

const FOLD_LINES = 10;
/** A text with fewer characters and lines never folds. */
const FOLD_FROM = 480;

export interface PostTextProps {
  text: string;
  mentions: readonly PostMention[];
  variant?: TypeName;
  /** Long texts show their beginning first. */
  folds?: boolean;
}

export function PostText({ text, mentions, variant = 'body', folds = false }: PostTextProps) {
  const { t } = useTranslation('posts');
  const { colors } = useTheme();
  const router = useRouter();
  const links = useLinks();
  const [open, setOpen] = useState(false);
  const pieces = useMemo(() => piecesOf(text, mentions), [text, mentions]);
  const folded = folds && !open && (text.length > FOLD_FROM || text.split('\n').length > FOLD_LINES);
  const led = { color: colors.accent, fontWeight: '600' } as const;
  return (
    <>
      <Text variant={variant} numberOfLines={folded ? FOLD_LINES : undefined} selectable={!folds}>
        {pieces.map((piece, index) => {
          switch (piece.kind) {
            case 'text':
              return piece.text;
            case 'tag':
              return (
                <Span key={index} role="link" style={led} onPress={() => router.push(links.tag(piece.tag))}>
                  {piece.text}
                </Span>
              );
            case 'mention':
              return (
                <Span
                  key={index}
                  role="link"
                  style={led}
                  onPress={() => router.push(links.person(piece.userId))}
                >
                  {piece.text}
                </Span>
              );
            case 'link':
              return (
                <Span key={index} role="link" style={led} onPress={() => openOutside(piece.url)}>
                  {piece.text}
                </Span>
              );
          }
        })}
      </Text>
      {folded ? (
        <Touchable label={t('showMore')} onPress={() => setOpen(true)} hitSlop={8}>
          <Text variant="label" color="accent">
            {t('showMore')}
          </Text>
        </Touchable>
      ) : null}
    </>
  );
}
