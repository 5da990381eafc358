// Tells what goes to the server from what is written, and what may be done when.
import { card } from '../../../../test/marketSamples';
import { blank, contentOf, changesOf, faultsOf, formOf } from './form';
import { mayEdit, stepsFor } from './steps';

test('what is written becomes what the server takes, and only what changed is sent', () => {
  const form = {
    ...blank,
    name: ' Coach ',
    handle: 'coach',
    price: '4,99',
    tags: 'rust, errors,',
    edition: '10',
    prompts: 'One\n\nTwo',
  };
  expect(faultsOf(form)).toEqual({});
  expect(contentOf(form, 'EUR')).toMatchObject({
    name: 'Coach',
    price: { amount: 499, currency: 'EUR' },
    tags: ['rust', 'errors'],
    editionSize: 10,
    messagePrice: null,
    samplePrompts: ['One', 'Two'],
  });
  expect(changesOf(form, { ...form, price: '5', edition: '' }, 'EUR')).toEqual({
    price: { amount: 500, currency: 'EUR' },
    editionSize: null,
  });
  expect(changesOf(formOf(card()), formOf(card()), 'EUR')).toEqual({});
});

test('what is wrong is said before the server is asked', () => {
  expect(faultsOf({ ...blank, handle: 'A b', price: '1.234', edition: '0' })).toEqual({
    name: 'needed',
    handle: 'handle',
    price: 'sum',
    edition: 'number',
  });
});

test('each state has its steps', () => {
  const draft = { name: 'x' } as never;
  const beside = (status: string) => ({ ...(draft as object), status }) as never;
  expect(stepsFor(card({ status: 'draft', revision: null }))).toEqual(['submit', 'remove']);
  expect(stepsFor(card({ status: 'approved', revision: null }))).toEqual(['publish', 'remove']);
  expect(stepsFor(card({ draft: beside('approved') }))).toEqual(['publish', 'retire']);
  expect(stepsFor(card())).toEqual(['retire']);
  expect(stepsFor(card({ status: 'retired' }))).toEqual([]);
  expect(mayEdit(card({ draft: beside('submitted') }))).toBe(false);
  expect(mayEdit(card())).toBe(true);
});
