import { type Batch, lockAndLoad, putBeforeRules, type Written } from '../deciding/index.ts';
import type { Engine, RuleFault } from '../rules/engine/index.ts';
import type { Settled } from '../rules/settle/index.ts';
import { settingsVersion } from '../settings/index.ts';
import { type Due, dueInvoices } from './due-invoices.ts';
import { dueQuestions } from './due-questions.ts';
import type { CurrentSettings, RunSettings } from './run-settings.ts';
import type { Claim } from './run-store.ts';

/**
 * Invoices in one transaction: so many that the statements around them cost nothing, so few that a range takes a second and
 * its clients are free again (measured: more gains nothing).
 */
const RANGE_INVOICES_MAX = 5_000;

export interface PlanDependencies {
  readonly engine: Pick<Engine, 'ask'>;
  readonly settings: RunSettings;
  readonly whmcsVersion: string;
}

export interface PlannedRange {
  readonly written: Pick<Written, 'decisions' | 'commands'>;
  readonly settled: readonly Settled[];
  readonly faults: readonly RuleFault[];
  /** The last planned client. */
  readonly to: number;
}

/** The due invoices of a range, under the settings that list them. */
export interface ListedRange {
  readonly due: readonly Due[];
  /** The last client they cover. */
  readonly to: number;
  readonly settings: CurrentSettings;
}

/** Lists what is due in a range, inside its transaction. */
export async function listRange(
  { trx }: Batch,
  claim: Claim,
  { settings }: Pick<PlanDependencies, 'settings'>,
): Promise<ListedRange> {
  const current = await settings.at(await settingsVersion(trx), claim.run.date);
  const listed =
    current.horizon === null
      ? { due: [], to: claim.to }
      : await dueOf(trx, claim, current.horizon.until);
  return { ...listed, settings: current };
}

/**
 * Plans a listed range inside its transaction: locks the clients, reads the facts, asks the rules, settles and writes. The
 * caller marks the range as planned.
 */
export async function planRange(
  batch: Batch,
  claim: Claim,
  { due, to, settings: { horizon, stored } }: ListedRange,
  { engine, whmcsVersion }: PlanDependencies,
): Promise<PlannedRange> {
  const { at } = batch;
  if (horizon === null || due.length === 0) return nothing(to);
  const clientIds = [...new Set(due.map((one) => one.clientId))];
  const { locked, facts: known } = await lockAndLoad(batch, {
    clientIds,
    invoiceIds: due.map((one) => one.invoiceId),
    onlyUnpaid: true,
    needs: horizon.needs,
    zone: claim.run.zone,
  });
  const { until } = horizon;
  const context = { run: claim.run, until, at: at.toISOString(), whmcsVersion };
  const questions = dueQuestions(due, known, context);
  const origin = { deliveryId: null, runId: claim.run.id, causedBy: null, depth: 0 };
  const { settlements, written, faults } = await putBeforeRules(batch, questions, {
    settings: stored,
    locked,
    engine,
    originOf: () => origin,
  });
  return { written, settled: settlements.flatMap((one) => one.settled), faults, to };
}

/** Reads the due invoices of the range; when there are too many, the range ends after the last client with all of its invoices. */
async function dueOf(
  trx: Batch['trx'],
  { run, from, to }: Claim,
  until: string,
): Promise<{ readonly due: readonly Due[]; readonly to: number }> {
  const undecidedIn = run.state === 'closing' ? run.id : null;
  const limit = RANGE_INVOICES_MAX + 1;
  const due = await dueInvoices(trx, { from, to, until, undecidedIn, limit });
  const last = due.at(-1);
  if (due.length < limit || last === undefined) return { due, to };
  const whole = due.filter((one) => one.clientId !== last.clientId);
  if (whole.length > 0) return { due: whole, to: last.clientId - 1 };
  // A single client has more: plan it at once, since its invoices compete for one balance.
  const only = { from, to: last.clientId, until, undecidedIn, limit: Number.MAX_SAFE_INTEGER };
  return { due: await dueInvoices(trx, only), to: last.clientId };
}

function nothing(to: number): PlannedRange {
  return { written: { decisions: 0, commands: 0 }, settled: [], faults: [], to };
}
