import { expect, test } from 'vitest';
import { isCommandAction } from '../../../bridge/index.ts';
import { actionOf } from '../../../src/commands/action-of.ts';
import { effects } from '../../../src/rules/effects/index.ts';
import type { EffectKind } from '../../../src/rules/index.ts';
import { homeOfAction, homeOfKind, ownActionOf } from '../../../src/rules/settle/index.ts';

// Actions of WHMCS that one effect declares for itself: the forms that its calls may have.

const MAIL = { messagename: 'Invoice Created', id: 9 };
const OWN_MAIL = { customtype: 'invoice', customsubject: 'Hi', custommessage: 'Text', id: 9 };

function accepts(kind: EffectKind, parameters: object): boolean {
  const home = homeOfKind(kind);
  const own = home && ownActionOf(home);
  if (own === undefined) throw new Error(`The effect ${kind} has no action of its own.`);
  return own.parameters.safeParse(parameters).success;
}

test.each([
  ['mail', MAIL],
  ['mail', OWN_MAIL],
] as const)('the call of %s may have %j', (kind, parameters) => {
  expect(accepts(kind, parameters)).toBe(true);
});

test.each([
  ['mail', { messagename: 'Invoice Created' }],
  ['mail', { ...MAIL, ...OWN_MAIL }],
  ['mail', { ...OWN_MAIL, customvars: 'YTowOnt9' }],
  ['mail', { ...OWN_MAIL, customsubject: 'Hi 🎁' }],
] as const)('the call of %s may not have %j', (kind, parameters) => {
  expect(accepts(kind, parameters)).toBe(false);
});

test('an own action is known by its name, called by it, and no action that others ask for', () => {
  const home = homeOfAction('SendEmail');
  const own = home && ownActionOf(home);
  expect(home?.words.name).toBe('Send a mail');
  expect(own && actionOf({ own, parameters: MAIL }).name).toBe('SendEmail');
  expect(isCommandAction('SendEmail')).toBe(false);
  expect(homeOfAction('AddCredit')).toBeUndefined();
});

test('only an effect that moves no money declares an action of its own', () => {
  const own = effects.filter((home) => ownActionOf(home as EffectHome) !== undefined);
  expect(own.map((home) => [home.schema.shape.kind.value, home.movesMoney])).toEqual([
    ['mail', false],
  ]);
});

type EffectHome = Parameters<typeof ownActionOf>[0];
