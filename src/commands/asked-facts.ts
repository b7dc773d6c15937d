import type { Transaction } from 'kysely';
import { z } from 'zod';
import type { Database } from '../db/index.ts';
import { clip, insertRows, toMoment } from '../db/index.ts';
import { type AskedFact, type Settled, storeEffect } from '../rules/settle/index.ts';
import { commandFor } from './command-for.ts';

/** A proposal nobody decided about is forgotten after this: what it was about has changed by then. */
export const APPROVAL_DAYS = 7;

/** Widths of columns. */
const REASON_MAX = 500;

/** When a proposal made now is forgotten. */
export function approvalEnd(at: Date): Date {
  return new Date(at.getTime() + APPROVAL_DAYS * 86_400_000);
}

/** What a rule proposed and an admin has to agree to, as it is kept while it waits; the decision has its id. */
export const effectOperation = z.strictObject({
  kind: z.literal('effect'),
  clientId: z.int().positive(),
  invoiceId: z.int().positive().nullable(),
  /** The rule that proposed it, and the rules that want somebody to agree. */
  rule: z.string().min(1).max(64),
  askedBy: z.array(z.string().min(1).max(64)),
  because: z.string().min(1),
  effect: z.record(z.string(), z.unknown()),
});
export type EffectOperation = z.output<typeof effectOperation>;

/** `rule:auto-apply`: who proposed what a rule proposed. */
function proposerOf(rule: string): string {
  return `rule:${rule}`;
}

/** A proposal: of a rule, about a fact, or of an admin, about none. */
export interface AskedRow {
  readonly fact: string | null;
  readonly state: string;
  readonly amount: bigint;
}

/** The facts that an admin was asked about, and what became of them. */
export function askedFacts(rows: readonly AskedRow[]): ReadonlyMap<string, AskedFact> {
  return new Map(
    rows.flatMap(({ fact, state, amount }) =>
      fact === null ? [] : [[fact, { state: stateOf(state), amountHundredths: amount }]],
    ),
  );
}

const STATES = ['pending', 'approved', 'rejected', 'expired'] as const;

/** What no version wrote was not agreed to. */
function stateOf(state: string): AskedFact['state'] {
  return STATES.find((one) => one === state) ?? 'rejected';
}

/** A settled proposal that waits, under the id of its decision. */
export interface Waiting {
  readonly id: string;
  readonly settled: Settled;
}

const COLUMNS = [
  'id',
  'client_id',
  'currency_id',
  'fact',
  'operation',
  'amount_hundredths',
  'hold_hundredths',
  'proposed_by',
  'reason',
  'proposed_at',
  'expires_at',
] as const;

/**
 * Lets proposals of rules wait for an admin; what they take is held meanwhile. When another transaction asks about the same fact,
 * the insert meets a duplicate key and `inTransaction` repeats all of the work.
 */
export async function askAboutFacts(
  trx: Transaction<Database>,
  waiting: readonly Waiting[],
  at: Date,
): Promise<void> {
  const [now, end] = [toMoment(at), toMoment(approvalEnd(at))];
  await insertRows(
    trx,
    'mod_creditbridge_approvals',
    COLUMNS,
    waiting.map(({ id, settled }) => {
      const { client } = settled.question.facts;
      const { amountHundredths, holdHundredths } = whatItTakes(settled);
      return [
        id,
        client.id,
        client.currency.id,
        settled.fact,
        JSON.stringify(operationOf(settled)),
        amountHundredths,
        holdHundredths,
        proposerOf(settled.rule),
        clip(settled.reason, REASON_MAX),
        now,
        end,
      ];
    }),
  );
}

/** As the command would take it; an effect without a command takes nothing. */
function whatItTakes(settled: Settled) {
  const command = commandFor({ ...settled, outcome: 'effect' });
  return {
    amountHundredths: settled.amountHundredths,
    holdHundredths: command?.holdHundredths ?? 0n,
  };
}

function operationOf({ clientId, invoiceId, rule, effect, trace }: Settled): EffectOperation {
  if (effect === null) throw new TypeError(`A decision of ${rule} waits and has no effect.`);
  return {
    kind: 'effect',
    clientId,
    invoiceId,
    rule,
    askedBy: trace.steps.flatMap(({ step, rule: by }) => (step === 'approval' && by ? [by] : [])),
    because: trace.because,
    effect: storeEffect(effect),
  };
}
