// Tells how written text is drawn.
import { fireEvent, render, screen, waitFor } from '@testing-library/react-native';
import * as Clipboard from 'expo-clipboard';
import { Linking } from 'react-native';
import '@/i18n';
import { Markdown } from './Markdown';

jest.mock('expo-clipboard', () => ({ setStringAsync: jest.fn(async () => true) }));

test('code can be taken along, also while its block is still being written', async () => {
  render(<Markdown text={'Look:\n\n```rust\nfn main() {}\nlet x'} />);
  expect(screen.getByText('rust')).toBeTruthy();
  fireEvent.press(screen.getByRole('button', { name: 'Copy' }));
  await waitFor(() => expect(Clipboard.setStringAsync).toHaveBeenCalledWith('fn main() {}\nlet x'));
  expect(await screen.findByRole('button', { name: 'Copied' })).toBeTruthy();
});

test('links open only by safe schemes, and html is text', () => {
  const open = jest.spyOn(Linking, 'openURL').mockResolvedValue(true);
  render(<Markdown text={'[good](https://example.org) [bad](javascript:alert(1)) <b>plain</b>'} />);
  fireEvent.press(screen.getByRole('link'));
  expect(open).toHaveBeenCalledWith('https://example.org');
  expect(screen.getAllByRole('link')).toHaveLength(1);
  expect(screen.getByText(/<b>/)).toBeTruthy();
});

test.each([
  ['quotes', '>'.repeat(8_000)],
  ['stars', `${'*'.repeat(3_999)}a${'*'.repeat(3_999)}`],
  ['stars in a table', `| ${'*'.repeat(1_900)}a${'*'.repeat(1_900)} |\n|---|\n| b |`],
  ['lists', Array.from({ length: 60 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n')],
])('%s within each other without end are shown as they were written', (_what, text) => {
  render(<Markdown text={text} />);
  expect(screen.getByText(text)).toBeTruthy();
});

test('lists, quotes, tables and headings have their words', () => {
  render(<Markdown text={'# Title\n\n- one\n- two\n\n> said\n\n| a | b |\n|---|---|\n| 1 | 2 |'} />);
  for (const words of ['Title', 'one', 'two', 'said', 'a', '2']) expect(screen.getByText(words)).toBeTruthy();
});

test.each([
  ['Just words, as most of them are.', 0],
  ['see https://example.org now', 1],
  ['see www.example.org now', 1],
])('%s', (text, links) => {
  render(<Markdown text={text} />);
  expect(screen.queryAllByRole('link')).toHaveLength(links);
});

test('what begins a list is one, though nothing else is marked', () => {
  render(<Markdown text="1. first" />);
  expect(screen.getByText('1.')).toBeTruthy();
  expect(screen.getByText('first')).toBeTruthy();
});
