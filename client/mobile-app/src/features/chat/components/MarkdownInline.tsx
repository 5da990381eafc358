// Owns words within a block: strong, code, links, and names of people and agents.
import type { Token, Tokens } from 'marked';
import { makeStyles, mono, Span, useTheme } from '@/design';
import { openOutside } from '@/lib/links';

export type InlineInk = 'plain' | 'onAccent';

/** Only these open; a text of somebody else runs nothing. */
const OPENS = /^(https?:|mailto:)/i;
const NAME = /(^|[\s(])(@[a-z0-9_]{3,30})\b/g;

export function Inline({ tokens, ink }: { tokens: readonly Token[]; ink: InlineInk }) {
  const styles = useStyles();
  const { colors } = useTheme();
  const strong = ink === 'onAccent' ? colors.onAccent : colors.accent;
  return tokens.map((token, index) => {
    switch (token.type) {
      case 'strong':
        return (
          <Span key={index} style={styles.strong}>
            <Inline tokens={(token as Tokens.Strong).tokens} ink={ink} />
          </Span>
        );
      case 'em':
        return (
          <Span key={index} style={styles.em}>
            <Inline tokens={(token as Tokens.Em).tokens} ink={ink} />
          </Span>
        );
      case 'del':
        return (
          <Span key={index} style={styles.del}>
            <Inline tokens={(token as Tokens.Del).tokens} ink={ink} />
          </Span>
        );
      case 'codespan':
        return (
          <Span key={index} style={[styles.code, ink === 'onAccent' && styles.codeOnAccent]}>
            {(token as Tokens.Codespan).text}
          </Span>
        );
      case 'br':
        return '\n';
      case 'link':
      case 'image': {
        const { href, text } = token as Tokens.Link;
        const inside =
          token.type === 'link' ? <Inline tokens={(token as Tokens.Link).tokens} ink={ink} /> : text || href;
        if (!OPENS.test(href)) return <Span key={index}>{inside}</Span>;
        return (
          <Span
            key={index}
            role="link"
            style={[styles.link, { color: strong }]}
            onPress={() => openOutside(href)}
          >
            {inside}
          </Span>
        );
      }
      default: {
        const inner = 'tokens' in token ? token.tokens : undefined;
        if (inner && inner.length > 0) return <Inline key={index} tokens={inner} ink={ink} />;
        return <Names key={index} text={'text' in token ? String(token.text) : token.raw} color={strong} />;
      }
    }
  });
}

function Names({ text, color }: { text: string; color: string }) {
  const styles = useStyles();
  const parts = text.split(NAME);
  if (parts.length === 1) return text;
  return parts.map((part, index) =>
    part.startsWith('@') ? (
      <Span key={index} style={[styles.strong, { color }]}>
        {part}
      </Span>
    ) : (
      part
    ),
  );
}

const useStyles = makeStyles((colors) => ({
  strong: { fontWeight: '600' },
  em: { fontStyle: 'italic' },
  del: { textDecorationLine: 'line-through' },
  code: { fontFamily: mono, fontSize: 13.5, backgroundColor: colors.code, borderRadius: 4 },
  codeOnAccent: { backgroundColor: 'rgba(0, 0, 0, 0.16)' },
  link: { textDecorationLine: 'underline' },
}));
