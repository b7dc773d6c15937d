import { expect, test } from 'vitest';
import { commandSentence } from '../../src/decision-sentences.ts';

test.each([
  ['done', '', 'It was done.'],
  ['open', '', 'WHMCS has yet to do it.'],
  ['refused', 'Invoice is paid', 'WHMCS refused it: Invoice is paid.'],
  ['stale', 'The balance changed.', 'It was not done: The balance changed.'],
  ['later', '', 'It is later.'],
])('a command that is %s says what became of what was decided', (state, reason, sentence) => {
  expect(commandSentence({ state, reason })).toBe(sentence);
});
