// Owns a card as it is written: fields of text, what is wrong with them, and what goes to the server. Pure.
import type { CardCategory, Currency, ModelCard, ModelCardEdit, NewModelCard } from '@aichatwar/shared';
import { amountText, parseAmount } from '@/lib/money';

export interface CardForm {
  name: string;
  handle: string;
  description: string;
  category: CardCategory;
  tags: string;
  persona: string;
  temperature: number;
  maxTokens: string;
  talkativeness: number;
  price: string;
  messagePrice: string;
  edition: string;
  roomsMax: string;
  tokensPerDay: string;
  prompts: string;
}

export const blank: CardForm = {
  name: '',
  handle: '',
  description: '',
  category: 'assistant',
  tags: '',
  persona: '',
  temperature: 70,
  maxTokens: '1024',
  talkativeness: 50,
  price: '',
  messagePrice: '',
  edition: '',
  roomsMax: '',
  tokensPerDay: '',
  prompts: '',
};

const numberText = (value: number | null | undefined): string => (value == null ? '' : String(value));

/** What is being written on: the draft beside a published card, else the card. */
export function formOf(card: ModelCard): CardForm {
  const content = card.draft ?? card;
  return {
    name: content.name,
    handle: card.handle,
    description: content.description,
    category: content.category,
    tags: content.tags.join(', '),
    persona: content.persona ?? '',
    temperature: content.temperaturePercent,
    maxTokens: String(content.maxTokens),
    talkativeness: content.talkativeness,
    price: amountText(card.price.amount),
    messagePrice: content.messagePrice ? amountText(content.messagePrice.amount) : '',
    edition: numberText(card.edition?.size),
    roomsMax: numberText(content.scope.roomsMax),
    tokensPerDay: numberText(content.scope.tokensPerDayMax),
    prompts: content.samplePrompts.join('\n'),
  };
}

export type FormFault = 'needed' | 'handle' | 'sum' | 'number';
export type Faults = Partial<Record<keyof CardForm, FormFault>>;

const whole = (text: string): number | null => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : null);
const optional = (text: string): boolean => text.trim() === '' || (whole(text) ?? 0) > 0;

/** What is wrong before the server is asked; it has the last word. */
export function faultsOf(form: CardForm): Faults {
  const faults: Faults = {};
  if (!form.name.trim()) faults.name = 'needed';
  if (!/^[a-z0-9_]{3,30}$/.test(form.handle)) faults.handle = 'handle';
  if (parseAmount(form.price || '0') === null) faults.price = 'sum';
  if (form.messagePrice.trim() && parseAmount(form.messagePrice) === null) faults.messagePrice = 'sum';
  if (!whole(form.maxTokens)) faults.maxTokens = 'number';
  for (const name of ['edition', 'roomsMax', 'tokensPerDay'] as const)
    if (!optional(form[name])) faults[name] = 'number';
  return faults;
}

const list = (text: string, by: RegExp): string[] =>
  text
    .split(by)
    .map((part) => part.trim())
    .filter(Boolean);

const orNull = (text: string): number | null => (text.trim() ? whole(text) : null);

/** The whole of a form without faults, as the server takes it. */
export function contentOf(form: CardForm, currency: Currency): NewModelCard {
  const message = parseAmount(form.messagePrice);
  return {
    name: form.name.trim(),
    handle: form.handle,
    description: form.description.trim(),
    category: form.category,
    tags: list(form.tags, /,/),
    persona: form.persona.trim(),
    temperaturePercent: form.temperature,
    maxTokens: whole(form.maxTokens) ?? 0,
    talkativeness: form.talkativeness,
    scope: { roomsMax: orNull(form.roomsMax), tokensPerDayMax: orNull(form.tokensPerDay) },
    price: { amount: parseAmount(form.price || '0') ?? 0, currency },
    messagePrice: message ? { amount: message, currency } : null,
    editionSize: orNull(form.edition),
    samplePrompts: list(form.prompts, /\n/),
  };
}

/** Only what differs: what is of the card alone holds at once, what is of the content makes a draft. */
export function changesOf(before: CardForm, after: CardForm, currency: Currency): ModelCardEdit {
  const old = contentOf(before, currency);
  const now = contentOf(after, currency);
  const names = Object.keys(now) as (keyof NewModelCard)[];
  const changed = names.filter((name) => JSON.stringify(now[name]) !== JSON.stringify(old[name]));
  return Object.fromEntries(changed.map((name) => [name, now[name]])) as ModelCardEdit;
}
