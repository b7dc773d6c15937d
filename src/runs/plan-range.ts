import { type Batch, lockAndLoad, putBeforeRules, type Written } from '../deciding/index.ts';
import type { Engine, RuleFault } from '../rules/engine/index.ts';
import type { Settled } from '../rules/settle/index.ts';
import { dailyQuestions } from './daily-clients.ts';
import { dueQuestions } from './due-questions.ts';
import { clientsIn, type ListedRange } from './list-range.ts';
import { neededIn } from './needed-in.ts';
import type { RunSettings } from './run-settings.ts';
import type { Claim } from './run-store.ts';

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

/**
 * Plans a listed range inside its transaction: locks the clients, reads the facts, asks the rules, settles and writes. The
 * caller marks the range as planned.
 */
export async function planRange(
  batch: Batch,
  claim: Claim,
  listed: ListedRange,
  { engine, whmcsVersion }: PlanDependencies,
): Promise<PlannedRange> {
  const { at } = batch;
  const { due, daily, to, settings } = listed;
  const { horizon, stored } = settings;
  const clientIds = clientsIn(listed);
  if (horizon === null || clientIds.length === 0) return nothing(to);
  const { locked, facts } = await lockAndLoad(batch, {
    clientIds,
    invoiceIds: due.map((one) => one.invoiceId),
    onlyUnpaid: true,
    ...neededIn(listed, horizon.needs),
    zone: claim.run.zone,
  });
  const context = { run: claim.run, at: at.toISOString(), whmcsVersion };
  const questions = [
    ...dueQuestions(due, facts, { ...context, until: horizon.until ?? '' }),
    ...dailyQuestions(daily ?? [], facts, context),
  ];
  const origin = { deliveryId: null, runId: claim.run.id, causedBy: null, depth: 0 };
  const { settlements, written, faults } = await putBeforeRules(batch, questions, {
    settings: stored,
    locked,
    engine,
    asked: facts.asked,
    originOf: () => origin,
  });
  return { written, settled: settlements.flatMap((one) => one.settled), faults, to };
}

function nothing(to: number): PlannedRange {
  return { written: { decisions: 0, commands: 0 }, settled: [], faults: [], to };
}
