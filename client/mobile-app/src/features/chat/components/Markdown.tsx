// Owns how written text becomes words, lists, tables and code. Whole blocks are drawn once, also while a reply grows.
import type { Token, Tokens } from 'marked';
import { memo, useMemo } from 'react';
import { ScrollView, View } from 'react-native';
import { makeStyles, radius, space, Text, typeScale } from '@/design';
import { blocksOf } from '../model/blocks';
import { CodeBlock } from './CodeBlock';
import { Inline, type InlineInk } from './MarkdownInline';

export interface MarkdownProps {
  text: string;
  /** Colours of words on the ground that they stand on. */
  ink?: InlineInk;
}

/** Nothing in it may be a mark, a link, a name, or begin a list: most of what people write. */
const PLAIN = /^(?![ \t]*(?:[-+=]|\d+[.)]))[^\n*_`~#<>[\]|\\&@:]*$/;

export function Markdown({ text, ink = 'plain' }: MarkdownProps) {
  if (PLAIN.test(text) && !text.includes('www.')) return <Plain text={text} ink={ink} />;
  return <Blocks text={text} ink={ink} />;
}

function Plain({ text, ink }: Required<MarkdownProps>) {
  return (
    <Text color={ink === 'onAccent' ? 'onAccent' : 'text'} selectable>
      {text}
    </Text>
  );
}

function Blocks({ text, ink }: Required<MarkdownProps>) {
  const styles = useStyles();
  const blocks = useMemo(() => blocksOf(text), [text]);
  if (blocks === null) return <Plain text={text} ink={ink} />;
  return (
    <View style={styles.blocks}>
      {blocks.map((token, index) => (
        <Block key={index} token={token} ink={ink} />
      ))}
    </View>
  );
}

interface BlockProps {
  token: Token;
  ink: InlineInk;
}

/** A block whose source has not changed is not drawn again. */
const Block = memo(
  function Block({ token, ink }: BlockProps) {
    const styles = useStyles();
    const color = ink === 'onAccent' ? 'onAccent' : 'text';
    switch (token.type) {
      case 'code':
        return <CodeBlock code={(token as Tokens.Code).text} language={(token as Tokens.Code).lang} />;
      case 'heading':
        return (
          <Text
            variant={(token as Tokens.Heading).depth <= 2 ? 'title' : 'heading'}
            color={color}
            role="heading"
            selectable
          >
            <Inline tokens={(token as Tokens.Heading).tokens} ink={ink} />
          </Text>
        );
      case 'blockquote':
        return (
          <View style={[styles.quote, ink === 'onAccent' && styles.quoteOnAccent]}>
            {(token as Tokens.Blockquote).tokens.map((inner, index) => (
              <Block key={index} token={inner} ink={ink} />
            ))}
          </View>
        );
      case 'list':
        return <List list={token as Tokens.List} ink={ink} />;
      case 'table':
        return <Table table={token as Tokens.Table} ink={ink} />;
      case 'hr':
        return <View style={styles.rule} />;
      case 'space':
      case 'def':
        return null;
      default: {
        const inner = 'tokens' in token && token.tokens ? token.tokens : [token];
        return (
          <Text color={color} selectable>
            <Inline tokens={inner} ink={ink} />
          </Text>
        );
      }
    }
  },
  (before, after) =>
    before.token.raw === after.token.raw &&
    before.token.type === after.token.type &&
    before.ink === after.ink,
);

function List({ list, ink }: { list: Tokens.List; ink: InlineInk }) {
  const styles = useStyles();
  const start = typeof list.start === 'number' ? list.start : 1;
  return (
    <View style={styles.list} role="list">
      {list.items.map((item, index) => (
        <View key={index} style={styles.item} role="listitem">
          <Text color={ink === 'onAccent' ? 'onAccent' : 'textMuted'} style={styles.marker}>
            {item.task ? (item.checked ? '☑' : '☐') : list.ordered ? `${start + index}.` : '•'}
          </Text>
          <View style={styles.itemBody}>
            {item.tokens
              .filter((token) => token.type !== 'checkbox')
              .map((token, part) => (
                <Block key={part} token={token} ink={ink} />
              ))}
          </View>
        </View>
      ))}
    </View>
  );
}

function Table({ table, ink }: { table: Tokens.Table; ink: InlineInk }) {
  const styles = useStyles();
  const rows = [table.header, ...table.rows];
  return (
    <ScrollView horizontal showsHorizontalScrollIndicator={false} style={styles.table}>
      {table.header.map((_, column) => (
        <View key={column}>
          {rows.map((cells, row) => (
            <View key={row} style={[styles.cell, row === 0 && styles.head]}>
              <Text
                variant={row === 0 ? 'bodyStrong' : 'body'}
                color={ink === 'onAccent' ? 'onAccent' : 'text'}
                numberOfLines={1}
              >
                <Inline tokens={cells[column]?.tokens ?? []} ink={ink} />
              </Text>
            </View>
          ))}
        </View>
      ))}
    </ScrollView>
  );
}

const useStyles = makeStyles((colors) => ({
  blocks: { gap: space.s },
  quote: { borderLeftWidth: 3, borderLeftColor: colors.borderStrong, paddingLeft: space.m, gap: space.s },
  quoteOnAccent: { borderLeftColor: colors.onAccentMuted },
  list: { gap: space.xs },
  item: { flexDirection: 'row', gap: space.s },
  marker: { ...typeScale.body, minWidth: 16, fontVariant: ['tabular-nums'] },
  itemBody: { flex: 1, minWidth: 0, gap: space.xs },
  rule: { height: 1, backgroundColor: colors.border, marginVertical: space.xs },
  table: { borderWidth: 1, borderColor: colors.border, borderRadius: radius.s, flexGrow: 0 },
  cell: {
    paddingHorizontal: space.m,
    paddingVertical: space.xs + 2,
    borderBottomWidth: 1,
    borderBottomColor: colors.border,
  },
  head: { backgroundColor: colors.surface },
}));
