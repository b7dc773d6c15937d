import type { Settled } from '../rules/settle/index.ts';
import { afterFault, type GoOn } from './failing-client.ts';
import { type ListedRange, listRange } from './list-range.ts';
import { type PlanDependencies, type PlannedRange, planRange } from './plan-range.ts';
import type { Claim, Run, RunStore } from './run-store.ts';

/** The effects that a run would have. */
export interface Preview {
  readonly date: string;
  /** The number of commands it would write. */
  readonly commands: number;
  readonly decisions: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Credit it would put on invoices, by the currency's id. */
  readonly applied: ReadonlyMap<number, { readonly code: string; readonly hundredths: bigint }>;
  /** The first few effects, one per invoice. */
  readonly samples: readonly {
    readonly rule: string;
    readonly clientId: number;
    readonly invoiceId: number | null;
    readonly reason: string;
  }[];
  /** Clients whose invoices cannot be decided, as the run would leave them out. */
  readonly leftOut: readonly { readonly clientId: number; readonly error: unknown }[];
}

const SAMPLES_MAX = 10;

export interface PreviewDependencies extends PlanDependencies {
  /** Called after each range with what was decided; ranges grow when one has to be cut. */
  readonly onRange?: (range: {
    readonly settled: readonly Settled[];
    readonly done: number;
    readonly of: number;
  }) => void;
}

/** Ends the transaction of a previewed range. */
class Rollback extends Error {
  override readonly name = 'Rollback';
}

/**
 * Plans every range on the real path of a run and rolls it back. A client is in only one range and balances carry on inside it,
 * so credit that one invoice would get is gone for the next.
 */
export async function previewRun(
  store: RunStore,
  run: Pick<Run, 'date' | 'zone'>,
  { onRange, ...dependencies }: PreviewDependencies,
): Promise<Preview> {
  const outcomes: Record<string, number> = {};
  const applied = new Map<number, { code: string; hundredths: bigint }>();
  const samples: Preview['samples'][number][] = [];
  const leftOut: Preview['leftOut'][number][] = [];
  let commands = 0;
  let decisions = 0;
  const tried: Run = { ...run, id: PREVIEW_ID, state: 'planning' };
  const ranges = [...(await store.ranges())];
  let done = 0;
  for (let range = ranges.shift(); range !== undefined; range = ranges.shift()) {
    const { from, to } = range;
    const planned = await tryRange(
      store,
      { from, to, run: tried, fence: 0n, isDailyAsked: false },
      dependencies,
    );
    if ('error' in planned) {
      const { goOn, error } = planned;
      if (goOn.kind === 'split') {
        ranges.unshift({ from, to: goOn.at - 1 }, { from: goOn.at, to });
      } else {
        leftOut.push({ clientId: goOn.clientId, error });
        if (goOn.to < to) ranges.unshift({ from: goOn.to + 1, to });
      }
      continue;
    }
    if (planned.to < to) ranges.unshift({ from: planned.to + 1, to });
    commands += planned.written.commands;
    decisions += planned.written.decisions;
    done += 1;
    onRange?.({ settled: planned.settled, done, of: done + ranges.length });
    for (const one of planned.settled) {
      outcomes[one.outcome] = (outcomes[one.outcome] ?? 0) + 1;
      if (one.outcome !== 'effect') continue;
      const { rule, clientId, invoiceId, reason } = one;
      if (samples.length < SAMPLES_MAX) samples.push({ rule, clientId, invoiceId, reason });
      if (one.effect?.kind !== 'apply') continue;
      const { id, code } = one.question.facts.client.currency;
      const hundredths = (applied.get(id)?.hundredths ?? 0n) + one.amountHundredths;
      applied.set(id, { code, hundredths });
    }
  }
  return { date: run.date, commands, decisions, outcomes, applied, samples, leftOut };
}

/** In place of a run's id; no row with it is ever committed. */
const PREVIEW_ID = '00000000-0000-0000-0000-000000000000';

interface Failed {
  readonly error: unknown;
  readonly goOn: GoOn;
}

async function tryRange(
  store: RunStore,
  claim: Claim,
  dependencies: PlanDependencies,
): Promise<PlannedRange | Failed> {
  let listed: ListedRange | undefined;
  let planned: PlannedRange | undefined;
  try {
    await store.inBatch(async (batch) => {
      listed = await listRange(batch, claim, dependencies);
      planned = await planRange(batch, claim, listed, dependencies);
      throw new Rollback();
    });
  } catch (error) {
    if (error instanceof Rollback && planned !== undefined) return planned;
    const goOn = afterFault(error, listed);
    if (goOn === null) throw error;
    return { error, goOn };
  }
  throw new Error('A preview committed instead of rolling back.');
}
