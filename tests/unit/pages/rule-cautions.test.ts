import { expect, test } from 'vitest';
import { ruleCautions } from '../../../src/pages/rule-cautions.ts';
import { ruleEngines } from '../../support/rule-engines.ts';
import { healthySnapshot } from '../../support/seed-pages.ts';

const { engineWith } = ruleEngines();

const snapshot = (version: string) =>
  JSON.stringify({ ...healthySnapshot(new Date('2026-11-22T12:00:00Z')), version });

/** What the page of the rule that applies credit tells about these settings. */
async function told(
  version: string,
  settings: Readonly<Record<string, unknown>>,
  trial: object | null = null,
  rule = 'auto-apply',
): Promise<readonly string[]> {
  const rules = await engineWith();
  const info = rules.rules().find(({ id }) => id === rule);
  if (info === undefined) throw new Error('The rule is not there.');
  const cautions = await ruleCautions(info, settings, {
    rules,
    installation: { whmcs: snapshot(version), trial: trial && JSON.stringify(trial) },
  });
  return cautions.map(({ says }) => says);
}

const PARTS = /^From WHMCS 9 on, each use of credit makes a credit note\./;
const NO_TRIAL = /^The trial of credit before the mail has not passed with WHMCS 8\.13\.1, so/;

test('partial use warns on WHMCS 9 that each use makes a credit note', async () => {
  expect(await told('9.0.5', { coverage: 'partial' })).toEqual([expect.stringMatching(PARTS)]);
  expect(await told('9.0.5', { coverage: 'whole-only' })).toEqual([]);
  expect(await told('8.13.1', { coverage: 'partial' })).toEqual([]);
});

test('credit first says to run the trial until it has passed with this very version', async () => {
  const settings = { coverage: 'whole-only', mail: 'before-mail' };
  const passed = { version: '8.13.1', passed: true };
  expect(await told('8.13.1', settings)).toEqual([expect.stringMatching(NO_TRIAL)]);
  expect(await told('8.13.1', settings, { ...passed, passed: false })).toHaveLength(1);
  expect(await told('8.13.1', settings, { ...passed, version: '8.12.0' })).toHaveLength(1);
  expect(await told('8.13.1', settings, passed)).toEqual([]);
  expect(await told('8.13.1', { ...settings, mail: 'mail-after' })).toEqual([]);
  expect(await told('8.13.1', { ...settings, atCreation: false })).toEqual([]);
});

test('what a rule says of no setting in particular is always told', async () => {
  expect(await told('8.13.1', {}, null, 'prepaid-services')).toEqual([
    expect.stringMatching(/“Separate Invoices”.*“Disable Automatic CC Processing”/),
  ]);
});
