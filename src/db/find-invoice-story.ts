import type { Kysely } from 'kysely';
import { readTrace, type Trace } from '../rules/settle/index.ts';
import type { Database } from './tables.ts';

/** Everything that was decided about an invoice and what came of it; times are UTC moments of our tables. */
export interface InvoiceStory {
  readonly invoiceId: number;
  /** What the client chose at checkout, if anything. */
  readonly choice: { readonly choice: string; readonly at: string } | null;
  /** Newest first. */
  readonly decisions: readonly StoryDecision[];
  /** In the order in which they were written. */
  readonly commands: readonly StoryCommand[];
}

export interface StoryDecision {
  readonly id: string;
  readonly rule: string;
  readonly event: string;
  readonly outcome: string;
  readonly reason: string;
  /** `explain` puts it into words. */
  readonly trace: Trace;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly times: number;
}

export interface StoryCommand {
  readonly id: string;
  readonly fact: string;
  readonly action: string;
  readonly state: string;
  readonly reason: string;
  readonly amountHundredths: bigint;
  readonly createdAt: string;
  readonly settledAt: string | null;
}

/** More decisions about one invoice nobody reads; each further one is as old as the retention time. */
const ROWS_MAX = 200;

/** What `creditbridge explain invoice <id>` tells; empty lists when nothing was ever decided about the invoice. */
export async function findInvoiceStory(
  db: Kysely<Database>,
  invoiceId: number,
): Promise<InvoiceStory> {
  const choice = await db
    .selectFrom('mod_creditbridge_invoice_choices')
    .select(['choice', 'chosen_at'])
    .where('invoice_id', '=', invoiceId)
    .executeTakeFirst();
  const decisions = await db
    .selectFrom('mod_creditbridge_decisions')
    .select(['id', 'rule', 'event', 'outcome', 'reason', 'trace', 'first_at', 'last_at', 'times'])
    .where('invoice_id', '=', invoiceId)
    .orderBy('last_at', 'desc')
    .orderBy('id', 'desc')
    .limit(ROWS_MAX)
    .execute();
  return {
    invoiceId,
    choice: choice === undefined ? null : { choice: choice.choice, at: choice.chosen_at },
    decisions: decisions.map(({ trace, first_at, last_at, ...rest }) => ({
      ...rest,
      trace: readTrace(trace),
      firstAt: first_at,
      lastAt: last_at,
    })),
    commands: await commandsOf(db, invoiceId, decisions),
  };
}

/**
 * Commands have no index by invoice, since the shim's table is kept narrow; they share their ids with the decisions they
 * carry out.
 */
async function commandsOf(
  db: Kysely<Database>,
  invoiceId: number,
  decisions: readonly { readonly id: string }[],
): Promise<readonly StoryCommand[]> {
  if (decisions.length === 0) return [];
  const rows = await db
    .selectFrom('mod_creditbridge_commands')
    .select(['id', 'fact', 'action', 'state', 'reason', 'amount_hundredths'])
    .select(['created_at', 'settled_at'])
    .where(
      'id',
      'in',
      decisions.map(({ id }) => id),
    )
    .where((eb) => eb.or([eb('invoice_id', '=', invoiceId), eb('invoice_id', 'is', null)]))
    .orderBy('id')
    .execute();
  return rows.map(({ amount_hundredths, created_at, settled_at, ...rest }) => ({
    ...rest,
    amountHundredths: amount_hundredths,
    createdAt: created_at,
    settledAt: settled_at,
  }));
}
