import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import {
  createEngine,
  type Engine,
  type Question,
  type RuleSetting,
} from '../../src/rules/engine/index.ts';
import { aClient, anEvent, anInvoice, someFacts } from '../../src/rules/testing.ts';
import { removeFolder } from './processes.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/rules');
/** Of processor time, so a busy machine takes nothing away; short enough to wait for. */
export const TIMEOUT_MS = 1000;
export const NOBODY: ReadonlySet<string> = new Set();

export interface RuleEngines {
  /** An engine with the built-in rules and these files of tests/fixtures/rules. */
  engineWith(...rules: readonly string[]): Promise<Engine>;
  /** A folder for rules. */
  newFolder(): string;
}

/** Engines for the tests of one file; each is closed after its test. */
export function ruleEngines(): RuleEngines {
  const engines: Engine[] = [];
  const folders: string[] = [];
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
    for (const folder of folders.splice(0)) removeFolder(folder);
  });
  return {
    async engineWith(...rules) {
      const engine = await createEngine({
        rules,
        timeoutMs: TIMEOUT_MS,
        workingDirectory: FIXTURES,
        threads: 1,
      });
      engines.push(engine);
      return engine;
    },
    newFolder() {
      const folder = mkdtempSync(join(tmpdir(), 'creditbridge-rule-'));
      folders.push(folder);
      return folder;
    },
  };
}

/** A question for each of these invoices, which are new. */
export function created(...invoiceIds: readonly number[]): readonly Question[] {
  return invoiceIds.map((id) => ({
    key: `invoice:${id}`,
    event: anEvent('InvoiceCreated', { invoiceid: id }),
    facts: someFacts({ client: aClient({ creditHundredths: 1500n }), invoice: anInvoice({ id }) }),
  }));
}

export function turnedOn(...rules: readonly string[]): readonly RuleSetting[] {
  return rules.map((rule) => setting(rule, {}));
}

/** A rule that is on for everybody, unless the change says something else. */
export function setting(rule: string, change: Partial<RuleSetting>): RuleSetting {
  return {
    rule,
    mode: 'on',
    layer: 'installation',
    layerId: 0,
    version: 1,
    settings: {},
    ...change,
  };
}
