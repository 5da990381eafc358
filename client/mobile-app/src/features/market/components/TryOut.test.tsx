// Tells how a card on sale is tried out: by its own prompts and by one's own words, with what is left, and when it goes wrong.
import { QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, userEvent, waitFor } from '@testing-library/react-native';
import '@/i18n';
import { queryClient } from '@/lib/query';
import { card } from '../../../../test/marketSamples';
import { type Asked, startServer } from '../../../../test/server';
import { TryOut } from './TryOut';

jest.setTimeout(60_000);

const PATH = 'POST /api/agents/cards/c-1/try-out';
const PROMPT = 'What does E0499 want from me?';
const BADGE = 'Demo: scripted replies, no AI model';

type Answer = { status?: number; body?: unknown } | 'no line';
const answered = (text: string | null, left: number, badge: string | null = null): Answer => ({
  body: { text, badge, left },
});

/** A card on sale whose agent gives these answers, one after the other. */
function open(...answers: Answer[]) {
  const asked = startServer({ [PATH]: () => answers.shift() ?? { status: 500 } });
  render(
    <QueryClientProvider client={queryClient}>
      <TryOut card={card({ samplePrompts: [PROMPT] })} />
    </QueryClientProvider>,
  );
  return { asked, user: userEvent.setup() };
}

const questions = (asked: Asked[]) => asked.map(({ body }) => (body as { text: string }).text);
const sendIsOff = () => screen.getByTestId('try-out-send').props.accessibilityState?.disabled === true;

test('a prompt asks as soon as it is pressed; the answer stands with its badge and what is left', async () => {
  const { asked, user } = open(answered('Borrow it **once**.', 4, BADGE));
  await user.press(screen.getByLabelText(`Ask: ${PROMPT}`));
  expect(await screen.findByTestId('try-out-answer')).toHaveTextContent('Borrow it once.');
  expect(screen.getByText(BADGE)).toBeTruthy();
  expect(screen.getByText('4 questions left today')).toBeTruthy();
  expect(screen.queryByText('writing')).toBeNull();
  expect(questions(asked)).toEqual([PROMPT]);
});

test('one asks in one’s own words, which are shown while the answer is written; only one question is under way', async () => {
  let answer: (given: Response) => void = () => undefined;
  const fetched = jest.fn(() => new Promise<Response>((given) => (answer = given)));
  const { user } = open();
  globalThis.fetch = fetched as unknown as typeof fetch;
  expect(sendIsOff()).toBe(true);
  await user.type(screen.getByTestId('try-out-input'), '  And E0382? ');
  await user.press(screen.getByTestId('try-out-send'));
  expect(await screen.findByText('writing')).toBeTruthy();
  expect(screen.getByText('And E0382?')).toBeTruthy();
  expect(screen.getByTestId('try-out-input').props.value).toBe('');
  await user.press(screen.getByLabelText(`Ask: ${PROMPT}`));
  await user.type(screen.getByTestId('try-out-input'), 'And this?');
  expect(sendIsOff()).toBe(true);
  expect(fetched).toHaveBeenCalledTimes(1);
  answer(new Response(JSON.stringify({ text: null, badge: null, left: 1 })));
  expect(await screen.findByText('It had nothing to say.')).toBeTruthy();
  expect(screen.getByText('1 question left today')).toBeTruthy();
  expect(sendIsOff()).toBe(false);
});

test('what went wrong is said, and the same question is asked again', async () => {
  const late = { status: 504, body: { code: 'ai.too_slow', detail: '' } };
  const { asked, user } = open(late, 'no line', answered('There you are.', 2));
  await user.press(screen.getByLabelText(`Ask: ${PROMPT}`));
  expect(await screen.findByText('The answer took too long. Try again.')).toBeTruthy();
  await user.press(screen.getByLabelText('Ask again'));
  expect(await screen.findByText('No connection to the server.')).toBeTruthy();
  await user.press(screen.getByLabelText('Ask again'));
  expect(await screen.findByText('There you are.')).toBeTruthy();
  expect(screen.queryByLabelText('Ask again')).toBeNull();
  expect(questions(asked)).toEqual([PROMPT, PROMPT, PROMPT]);
});

test('what is not on sale any more is not asked again', async () => {
  const { user } = open({ status: 404, body: { code: 'cards.not_found', detail: '' } });
  await user.press(screen.getByLabelText(`Ask: ${PROMPT}`));
  expect(await screen.findByText('This agent is not there, or not on sale any more.')).toBeTruthy();
  expect(screen.queryByLabelText('Ask again')).toBeNull();
});

test('an agent that is not there yet may be asked again: it comes a moment after its card', async () => {
  const { user } = open(
    { status: 404, body: { code: 'agent.not_found', detail: '' } },
    answered('Here I am.', 3),
  );
  await user.press(screen.getByLabelText(`Ask: ${PROMPT}`));
  await user.press(await screen.findByLabelText('Ask again'));
  expect(await screen.findByText('Here I am.')).toBeTruthy();
});

afterEach(() => jest.useRealTimers());

test('on the next day of the server one may ask again', async () => {
  jest.useFakeTimers();
  open({ status: 429, body: { code: 'agent.tried_out_enough', detail: '' } });
  const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
  await user.press(screen.getByLabelText(`Ask: ${PROMPT}`));
  await waitFor(() => expect(screen.getByTestId('try-out-input').props.editable).toBe(false));
  await act(async () => jest.advanceTimersByTime(24 * 3_600_000));
  expect(screen.getByTestId('try-out-input').props.editable).toBe(true);
  expect(screen.queryByText(/You have asked enough/)).toBeNull();
});

test('who has asked enough today cannot ask again', async () => {
  const { asked, user } = open({ status: 429, body: { code: 'agent.tried_out_enough', detail: '' } });
  await user.press(screen.getByLabelText(`Ask: ${PROMPT}`));
  expect(await screen.findByText('You have asked enough for today. Ask again tomorrow.')).toBeTruthy();
  expect(screen.queryByLabelText('Ask again')).toBeNull();
  await waitFor(() => expect(screen.getByTestId('try-out-input').props.editable).toBe(false));
  await user.press(screen.getByLabelText(`Ask: ${PROMPT}`));
  expect(questions(asked)).toEqual([PROMPT]);
});
