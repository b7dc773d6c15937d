import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { holdingStates } from '../../bridge/index.ts';
import { type Db, readStored } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import type { AskedFact } from '../rules/settle/index.ts';
import { type AskedRow, askedFacts } from './asked-facts.ts';

/** An invoice with the credit that is on it now. */
interface InvoiceWithCredit {
  readonly id: number;
  readonly clientId: number;
  readonly creditHundredths: bigint;
}

/** What keeps clients' credit from being spent, beside a lower balance. All amounts in hundredths. */
export interface Holds {
  /** Held by live commands, when this is the client's balance. */
  held(clientId: number, creditHundredths: bigint): bigint;
  /** What live commands will still put on the invoice. */
  pendingOn(invoice: InvoiceWithCredit): bigint;
  /** Left alone by our own rules: by proposals that wait for approval, and credit in doubt that is not parked yet. */
  reserved(clientId: number): bigint;
}

export interface HoldsAndAsked extends Holds {
  /** What an admin was asked about. A fact that nobody agreed to has no command, and so no key that would stop a second one. */
  readonly asked: ReadonlyMap<string, AskedFact>;
}

interface CommandRow {
  readonly client_id: number;
  readonly invoice_id: number;
  readonly action: string;
  readonly state: string;
  readonly hold: bigint;
  readonly witnesses: string | null;
}

interface ParkingRow {
  readonly client_id: number;
  readonly park_fact: string;
  readonly hold: bigint;
}

interface ApprovalRow extends AskedRow {
  readonly client_id: number;
  readonly hold: bigint;
}

/**
 * Forces the index that finds a client's rows. A daily run fills an empty table within seconds; by the older statistics the
 * index by state looks as good, and each look-up would read all open commands (measured: a run takes ten times as long).
 */
const BY_CLIENT = sql`FORCE INDEX (client_state)`;

/**
 * Reads the holds of these clients. Read them before balances and invoices: a command that settles meanwhile then counts as held, or as
 * off the balance, and never as neither. Few clients have any, so three plain statements take less time than a column for each.
 */
export function readHolds(db: Db, clientIds: readonly number[]): Promise<Holds> {
  return readWith(db, clientIds, sql`p.state = 'pending'`);
}

/** The same, and what admins were asked about these clients, ever. */
export function readHoldsAndAsked(db: Db, clientIds: readonly number[]): Promise<HoldsAndAsked> {
  return readWith(db, clientIds, sql`(p.fact IS NOT NULL OR p.state = 'pending')`);
}

async function readWith(
  db: Db,
  clientIds: readonly number[],
  whichApprovals: RawBuilder<unknown>,
): Promise<HoldsAndAsked> {
  const clients = sql.join(clientIds);
  const [commands, approvals, parkings] = await Promise.all([
    sql<CommandRow>`
      SELECT k.client_id, k.invoice_id, k.action, k.state, k.hold_hundredths AS hold,
        IF(k.state = 'running', k.witnesses, NULL) AS witnesses
      FROM mod_creditbridge_commands k ${BY_CLIENT}
      WHERE k.client_id IN (${clients}) AND k.state IN (${sql.join([...holdingStates])})`.execute(
      db,
    ),
    sql<ApprovalRow>`
      SELECT p.client_id, p.fact, p.state, p.amount_hundredths AS amount, p.hold_hundredths AS hold
      FROM mod_creditbridge_approvals p ${BY_CLIENT}
      WHERE p.client_id IN (${clients}) AND ${whichApprovals}`.execute(db),
    sql<ParkingRow>`
      SELECT q.client_id, q.park_fact, q.amount_hundredths AS hold
      FROM mod_creditbridge_parkings q ${BY_CLIENT}
      WHERE q.client_id IN (${clients}) AND q.state = 'reserved'`.execute(db),
  ]);
  const live = Map.groupBy(commands.rows.map(readCommand), ({ clientId }) => clientId);
  const pending = approvals.rows.filter(({ state }) => state === 'pending');
  const reserved = new Map<number, bigint>();
  const inDoubt = await withoutCommand(db, parkings.rows);
  for (const { client_id: id, hold } of [...pending, ...inDoubt]) {
    reserved.set(id, (reserved.get(id) ?? 0n) + hold);
  }
  return {
    held: (clientId, creditHundredths) =>
      sum(live.get(clientId), ({ holdHundredths, before }) =>
        movedBy(before?.balance, creditHundredths, -holdHundredths) ? 0n : holdHundredths,
      ),
    pendingOn: ({ id, clientId, creditHundredths }) =>
      sum(live.get(clientId), ({ invoiceId, action, holdHundredths, before }) => {
        if (invoiceId !== id || action !== 'ApplyCredit') return 0n;
        return movedBy(before?.invoice?.credit, creditHundredths, holdHundredths)
          ? 0n
          : holdHundredths;
      }),
    reserved: (clientId) => reserved.get(clientId) ?? 0n,
    asked: askedFacts(approvals.rows),
  };
}

/** Credit in doubt that no command parks; the others' credit is held by their commands, which are written under the client's lock. */
async function withoutCommand(
  db: Db,
  parkings: readonly ParkingRow[],
): Promise<readonly ParkingRow[]> {
  if (parkings.length === 0) return [];
  const rows = await db
    .selectFrom('mod_creditbridge_commands')
    .select('live_fact')
    .where(
      'live_fact',
      'in',
      parkings.map(({ park_fact }) => park_fact),
    )
    .execute();
  const live = new Set(rows.map(({ live_fact }) => live_fact));
  return parkings.filter(({ park_fact }) => !live.has(park_fact));
}

/** What nobody can read is as if it were missing. */
const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .nullish()
  .catch(null);

/** What stood in WHMCS just before a command ran; the shim stores it with the command, as decimal texts. */
const witnesses = z.object({
  balance: decimal,
  invoice: z.object({ credit: decimal }).nullish(),
});

function readCommand({ client_id, invoice_id, action, hold, witnesses: text }: CommandRow) {
  return {
    clientId: client_id,
    invoiceId: invoice_id,
    action,
    holdHundredths: hold,
    before: text === null ? undefined : readStored(witnesses, text),
  };
}

/**
 * Whether a running command has moved this already: WHMCS commits that before the shim notes that it is done. It is then what it was at the
 * start and the command's amount. Where something else moved it meanwhile, nobody can tell, and the hold counts until the
 * command is settled.
 */
function movedBy(before: string | null | undefined, now: bigint, hundredths: bigint): boolean {
  return before != null && now === parseAmount(before) + hundredths;
}

function sum<T>(all: readonly T[] | undefined, amountOf: (one: T) => bigint): bigint {
  return all?.reduce((total, one) => total + amountOf(one), 0n) ?? 0n;
}
