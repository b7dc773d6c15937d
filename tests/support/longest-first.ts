import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const TESTS = join(import.meta.dirname, '..');

/** Seconds of CPU time of the files that take the most, about; `npm test` prints how long each file took. */
const LONGEST: Readonly<Record<string, number>> = {
  'integration/shim.test.ts': 100,
  'integration/ordinary-month.test.ts': 60,
  'integration/crash-matrix/switches.test.ts': 80,
  'integration/crash-matrix/killed.test.ts': 60,
  'integration/crash-matrix/late.test.ts': 85,
  'integration/ledger-adoption.test.ts': 45,
  'integration/crash-matrix/effects.test.ts': 15,
  'integration/rows-of-effects.test.ts': 20,
  'e2e/demo.test.ts': 40,
  'integration/ledger-expiry.test.ts': 30,
  'integration/ledger-scenarios.test.ts': 30,
  'integration/staff-and-credit.test.ts': 60,
  'integration/doubtful-payments.test.ts': 45,
  'integration/parked-credit.test.ts': 45,
  'integration/money-flows-back.test.ts': 75,
  'integration/rules-tried.test.ts': 100,
  'integration/preview-past.test.ts': 60,
  'integration/return-on-cancel.test.ts': 50,
  'integration/refund-to-credit.test.ts': 40,
  'integration/prepaid-services.test.ts': 50,
  'integration/stand-in-flows-back.test.ts': 20,
  'integration/gifts-that-come-back.test.ts': 20,
  'integration/lowered-invoices.test.ts': 20,
  'integration/database-faults.test.ts': 40,
  'integration/runs.test.ts': 30,
  'integration/rotate-secrets.test.ts': 15,
  'integration/release.test.ts': 30,
  'integration/release-upgrade.test.ts': 40,
  'integration/release-move.test.ts': 40,
  'integration/system-switches.test.ts': 25,
  'unit/rules/provider-rules.test.ts': 30,
  'unit/rules/engine-limits.test.ts': 10,
  'unit/rules/engine.test.ts': 5,
  'integration/noted-limits.test.ts': 5,
  'integration/unreadable-pages.test.ts': 5,
  'integration/hosts.test.ts': 20,
  'integration/stand-in-nine.test.ts': 15,
  'integration/clock-jumps.test.ts': 25,
  'integration/operations-whmcs.test.ts': 20,
  'integration/returning-credit.test.ts': 25,
  'e2e/upgrade.test.ts': 20,
  'integration/doorbell.test.ts': 20,
  'integration/ledger-cli.test.ts': 20,
  'integration/races.test.ts': 20,
  'e2e/deposits.test.ts': 20,
  'e2e/addon-page.test.ts': 20,
  'e2e/service-down.test.ts': 20,
  'e2e/restored-database.test.ts': 20,
  'integration/system-commands.test.ts': 15,
  'integration/system-service.test.ts': 15,
  'integration/judge-can-fail.test.ts': 15,
  'integration/killed-runs.test.ts': 15,
  'integration/ledger-restore.test.ts': 15,
  'integration/ledger-explain.test.ts': 15,
  'integration/system-reconcile.test.ts': 15,
  'e2e/invoices.test.ts': 15,
  'e2e/staging-copy.test.ts': 15,
  'unit/rules/effects.test.ts': 10,
  'properties/ledger-book.test.ts': 5,
};

/** Starts the longest files first, so that none of them runs alone at the end while other cores have nothing to do. */
export class LongestFirst extends BaseSequencer {
  constructor(...args: ConstructorParameters<typeof BaseSequencer>) {
    super(...args);
    const gone = Object.keys(LONGEST).filter((file) => !existsSync(join(TESTS, file)));
    if (gone.length > 0) throw new Error(`longest-first.ts names files that are gone: ${gone}.`);
  }

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = ({ moduleId }: TestSpecification) =>
      LONGEST[moduleId.slice(TESTS.length + 1)] ?? 0;
    return files.toSorted((one, other) => seconds(other) - seconds(one));
  }
}
