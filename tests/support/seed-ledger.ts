import { type AgeBucket, ageBuckets } from '../../src/ledger/index.ts';
import type { WhmcsDatabase } from './whmcs-database.ts';

/**
 * A ledger of many clients over many days, written straight into the tables, with what was left at the end of each day as
 * it was on that day. It knows nothing of how the service counts: it keeps a queue per client and looks at it each evening.
 */
export interface SeededLedger {
  readonly firstDay: string;
  readonly adoptedOn: string;
  readonly lastDay: string;
  readonly entries: number;
  /** The evenings, by day. */
  readonly evenings: ReadonlyMap<string, Evening>;
  readonly clientIds: readonly number[];
}

/** What was left: `currency kind age` → hundredths; and by currency the sums. */
export interface Evening {
  readonly left: ReadonlyMap<string, bigint>;
  readonly balances: ReadonlyMap<number, bigint>;
  readonly unfunded: ReadonlyMap<number, bigint>;
}

export interface SeedOptions {
  readonly clients: number;
  readonly historyDays: number;
  readonly ledgerDays: number;
  /** Movements of one client on one day, on average; may be below 1. */
  readonly perDay: number;
  readonly seed?: number;
  /** Evenings cost time; none for a large ledger. */
  readonly watch?: boolean;
  readonly firstClientId?: number;
}

interface Lot {
  readonly sequence: bigint;
  readonly kind: string;
  readonly day: string;
  left: bigint;
}

interface Owed {
  readonly sequence: bigint;
  hundredths: bigint;
}

interface Account {
  readonly clientId: number;
  readonly currencyId: number;
  lots: Lot[];
  owed: Owed[];
  balance: bigint;
  lastSequence: bigint;
}

const KINDS = ['paid', 'promotional', 'refund', 'adjustment', 'unexplained'] as const;
const FIRST_DAY = '2025-06-01';

export async function seedLedger(
  database: WhmcsDatabase,
  {
    clients,
    historyDays,
    ledgerDays,
    perDay,
    seed = 7,
    watch = true,
    firstClientId = 5000,
  }: SeedOptions,
): Promise<SeededLedger> {
  const random = randomFrom(seed);
  const accounts = Array.from({ length: clients }, (_, index) => index + firstClientId).flatMap(
    (clientId): Account[] =>
      (clientId % 7 === 0 ? [1, 2] : [1 + (clientId % 2)]).map((currencyId) => ({
        clientId,
        currencyId,
        lots: [],
        owed: [],
        balance: 0n,
        lastSequence: 0n,
      })),
  );
  const writer = createWriter(database);
  const evenings = new Map<string, Evening>();
  const days = Array.from({ length: historyDays + ledgerDays }, (_, at) => dayAt(at));
  const adoptedOn = dayAt(historyDays);
  let sequence = 0n;
  let logId = 0;
  const grants = new Map<bigint, { row: unknown[]; lot: Lot }>();

  const openGrant = (account: Account, lot: Lot, amount: bigint, kind: string) => {
    const row = [lot.sequence, 1, account.clientId, account.currencyId, kind, amount];
    grants.set(lot.sequence, { row, lot });
  };

  for (const day of days) {
    const isHistory = day < adoptedOn;
    if (day === adoptedOn) {
      for (const account of accounts) {
        account.lots = account.lots.map((lot) => ({ ...lot, kind: 'opening' }));
        for (const lot of account.lots) openGrant(account, lot, lot.left, 'opening');
      }
    }
    for (const account of accounts) {
      for (let moves = random() * 2 * perDay; moves > 0 && random() < moves; moves -= 1) {
        sequence += 1n;
        logId += 1;
        account.lastSequence = sequence;
        const amount = BigInt(1 + Math.floor(random() * 5000));
        const comes = random() < 0.5;
        const kind = KINDS[Math.floor(random() * KINDS.length)] ?? 'paid';
        const invoiceId = comes ? null : 100_000 + logId;
        const act = isHistory
          ? { do: 'history' }
          : comes
            ? {
                do: 'grant',
                kind,
                startsOn: null,
                expiresOn: null,
                priority: 100,
                refundable: false,
                followsInvoiceId: null,
                rule: '',
                fundsUnfunded: true,
              }
            : { do: 'spend', grants: [] };
        await writer.entry([
          sequence,
          1,
          account.clientId,
          account.currencyId,
          ...(comes
            ? ['deposit', `client:${account.clientId}`]
            : [`client:${account.clientId}`, `invoice:${invoiceId}`]),
          amount,
          isHistory ? 'unknown' : comes ? 'deposit' : 'invoice',
          JSON.stringify(act),
          0,
          logId,
          0,
          null,
          invoiceId,
          null,
          null,
          'none',
          day,
          `Row ${logId}, =1+1`,
          '',
          null,
          `${day} 12:00:00.000000`,
        ]);
        if (comes) {
          const lot: Lot = { sequence, kind, day, left: amount };
          if (!isHistory) openGrant(account, lot, amount, kind);
          for (const owed of account.owed) {
            const covered = least(owed.hundredths, lot.left);
            owed.hundredths -= covered;
            lot.left -= covered;
            if (covered > 0n && !isHistory) {
              await writer.draw([
                1,
                account.clientId,
                lot.sequence,
                owed.sequence,
                sequence,
                'draw',
                covered,
              ]);
            }
          }
          account.owed = account.owed.filter(({ hundredths }) => hundredths > 0n);
          if (lot.left > 0n) account.lots.push(lot);
          account.balance += amount;
        } else {
          let rest = amount;
          for (const lot of account.lots) {
            const drawn = least(lot.left, rest);
            lot.left -= drawn;
            rest -= drawn;
            if (drawn > 0n && !isHistory) {
              await writer.draw([
                1,
                account.clientId,
                lot.sequence,
                sequence,
                sequence,
                'draw',
                drawn,
              ]);
            }
          }
          account.lots = account.lots.filter(({ left }) => left > 0n);
          if (rest > 0n) account.owed.push({ sequence, hundredths: rest });
          account.balance -= amount;
        }
      }
    }
    if (watch) evenings.set(day, lookAround(accounts, day, isHistory));
  }
  await writer.finish(accounts, grants, { sequence, logId, adoptedOn });
  return {
    firstDay: FIRST_DAY,
    adoptedOn,
    lastDay: days.at(-1) ?? FIRST_DAY,
    evenings,
    entries: Number(sequence),
    clientIds: [...new Set(accounts.map(({ clientId }) => clientId))],
  };
}

function lookAround(accounts: readonly Account[], day: string, isHistory: boolean): Evening {
  const left = new Map<string, bigint>();
  const balances = new Map<number, bigint>();
  const unfunded = new Map<number, bigint>();
  const add = <Key>(sums: Map<Key, bigint>, key: Key, more: bigint) =>
    sums.set(key, (sums.get(key) ?? 0n) + more);
  for (const { currencyId, lots, owed, balance, lastSequence } of accounts) {
    for (const lot of lots) {
      add(left, `${currencyId} ${isHistory ? null : lot.kind} ${ageAt(lot.day, day)}`, lot.left);
    }
    if (lastSequence === 0n) continue;
    add(balances, currencyId, balance);
    add(
      unfunded,
      currencyId,
      owed.reduce((sum, { hundredths }) => sum + hundredths, 0n),
    );
  }
  return { left, balances, unfunded };
}

function ageAt(given: string, day: string): AgeBucket {
  const days = (Date.parse(day) - Date.parse(given)) / 86_400_000;
  return ageBuckets.find(({ toDays }) => toDays === null || days <= toDays)?.name ?? 'over-365';
}

const ENTRY_COLUMNS =
  'sequence, epoch, client_id, currency_id, from_account, to_account, amount_hundredths, kind, act, settings_version, log_id, revision, corrects, invoice_id, command_id, admin_id, evidence, logged_on, description, reason, row_sha256, recorded_at';
const DRAW_COLUMNS =
  'epoch, client_id, grant_id, spend_sequence, by_sequence, direction, amount_hundredths';

function createWriter(database: WhmcsDatabase) {
  const waiting = new Map<string, unknown[][]>();
  const flush = async (table: string, columns: string) => {
    const rows = waiting.get(table) ?? [];
    waiting.set(table, []);
    if (rows.length > 0) {
      await database.root.query(`INSERT INTO mod_creditbridge_${table} (${columns}) VALUES ?`, [
        rows,
      ]);
    }
  };
  const put = async (table: string, columns: string, row: unknown[]) => {
    const rows = waiting.get(table) ?? [];
    waiting.set(table, rows);
    rows.push(row);
    if (rows.length === 2000) await flush(table, columns);
  };
  return {
    entry: (row: unknown[]) => put('entries', ENTRY_COLUMNS, row),
    draw: (row: unknown[]) => put('draw_downs', DRAW_COLUMNS, row),
    async finish(
      accounts: readonly Account[],
      grants: ReadonlyMap<bigint, { row: unknown[]; lot: Lot }>,
      last: { sequence: bigint; logId: number; adoptedOn: string },
    ) {
      await flush('entries', ENTRY_COLUMNS);
      await flush('draw_downs', DRAW_COLUMNS);
      const grantColumns =
        'id, epoch, client_id, currency_id, kind, amount_hundredths, remaining_hundredths, opened_on';
      for (const { row, lot } of grants.values()) {
        await put('grants', grantColumns, [...row, lot.left, lot.day]);
      }
      await flush('grants', grantColumns);
      const accountColumns =
        'client_id, currency_id, epoch, is_open, balance_hundredths, remaining_hundredths, unfunded_hundredths, last_sequence';
      const unfundedColumns = 'sequence, epoch, client_id, currency_id, amount_hundredths';
      for (const { clientId, currencyId, lots, owed, balance, lastSequence } of accounts) {
        const remaining = lots.reduce((sum, { left }) => sum + left, 0n);
        const unfunded = owed.reduce((sum, { hundredths }) => sum + hundredths, 0n);
        await put('accounts', accountColumns, [
          clientId,
          currencyId,
          1,
          1,
          balance,
          remaining,
          unfunded,
          lastSequence,
        ]);
        for (const { sequence, hundredths } of owed) {
          await put('unfunded', unfundedColumns, [sequence, 1, clientId, currencyId, hundredths]);
        }
      }
      await flush('accounts', accountColumns);
      await flush('unfunded', unfundedColumns);
      await database.root.query(
        `INSERT INTO mod_creditbridge_epochs (epoch, why, state, cursor_log_id, high_log_id, rows_imported, adopted_on, started_at, adopted_at)
         VALUES (1, 'first', 'done', ?, ?, ?, ?, NOW(6), NOW(6))`,
        [last.logId, last.logId, last.logId, last.adoptedOn],
      );
      // Somebody else leads for ever: the rows of the log that these entries mirror are not there.
      await database.root.query(
        "UPDATE mod_creditbridge_tail SET epoch = 1, state = 'following', cursor_log_id = ?, next_sequence = ?, announced_sequence = ?, looked_at = NOW(6), holder = UUID(), held_until = '2099-01-01' WHERE id = 1",
        [last.logId, last.sequence + 1n, last.sequence],
      );
    },
  };
}

function dayAt(offset: number): string {
  return new Date(Date.parse(FIRST_DAY) + offset * 86_400_000).toISOString().slice(0, 10);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The same numbers each time (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
