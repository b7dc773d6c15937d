import { sql, type Transaction } from 'kysely';
import { WhmcsError } from '../../base/index.ts';
import { readWaysOff } from '../../commands/index.ts';
import { type Database, type Db, inTransaction } from '../../db/index.ts';
import {
  activeRules,
  answersUnder,
  type HookAnswer,
  isHeard,
  loadFacts,
  neededFor,
  ownHooksNamed,
} from '../../deciding/index.ts';
import { LedgerError, type LedgerSettings } from '../../ledger/index.ts';
import { parseAmount } from '../../money/index.ts';
import type { Engine } from '../../rules/engine/index.ts';
import { daysAfter, type Need, type OwnHook } from '../../rules/index.ts';
import { type RunWishes, wishesOf } from '../../runs/index.ts';
import { currentLedgerSettings, loadSettings, type StoredSettings } from '../../settings/index.ts';
import { readToday } from '../../today/index.ts';
import {
  containersOf,
  grossOfLines,
  invoicesOf,
  moneyByDay,
  paymentsOf,
  paymentsSince,
  repeatedMoneyOf,
} from '../../whmcs/index.ts';
import type { Previewed, PreviewProgress } from '../previewed.ts';
import { createTally, type Tally } from '../tally.ts';
import { type Draft, withDrafts } from '../with-drafts.ts';
import { readToday as neededToday, takenAsOfToday, whyNotAsked } from './known.ts';
import { liveThrough } from './live-through.ts';
import type { DepositShares } from './living.ts';
import { localMoment, startOfDay } from './local-moment.ts';
import { type ClientPast, type ClientRows, pastOfClient, type Window } from './past-of-client.ts';
import { type Past, readPast } from './read-past.ts';
import { ReplayedClient } from './replayed-client.ts';

/** How far back a preview looks. */
export const PAST_DAYS = 90;

/** Clients that are lived through together: so many that statements and batches cost little, so few that memory stays small. */
const PAGE_CLIENTS = 500;

/** Points whose moments the past shows; of others only what WHMCS told, as long as it is kept. */
const REBUILT_POINTS: ReadonlySet<string> = new Set([
  'InvoiceCreated',
  'AfterShoppingCartCheckout',
  'AddInvoicePayment',
  'InvoicePaid',
  'InvoiceRefunded',
  'AddFunds',
  'DepositCreated',
  'BalanceChanged',
  'ClientDaily',
  'DueInvoice',
  'GrantExpiring',
  'PaymentReversed',
]);

export interface PreviewOptions {
  readonly db: Db;
  readonly engine: Engine;
  readonly drafts: readonly Draft[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PreviewProgress) => void;
}

/**
 * What these settings would have done in the past days, if they had been there instead of what the rules really had. Everything that
 * WHMCS, staff and clients did happens again; what rules decided is decided anew, by the same engine. Commits nothing.
 *
 * @throws {WhmcsError} `zone-unknown`, `past-unknown`: the ledger does not follow WHMCS's log
 */
export async function previewPast(
  { db, engine, drafts, signal, onProgress }: PreviewOptions,
  days = PAST_DAYS,
): Promise<Previewed> {
  const [today, stored, ledger] = await Promise.all([
    readToday(db),
    loadSettings(db),
    currentLedgerSettings(db),
  ]);
  if (today.told === null) throw new WhmcsError('zone-unknown', ZONE_UNKNOWN);
  await checkLedger(db);
  const from = daysAfter(today.date, -days);
  const tally = createTally();
  const settings = withoutUnknown(withDrafts(stored, drafts), engine, tally);
  const rules = activeRules(engine.rules(), settings);
  const wishes = await wishesOf(engine, settings);
  const points = new Set(rules.flatMap(({ on }) => on));
  const window: Window = {
    from,
    to: today.date,
    zone: today.zone,
    whmcsVersion: today.whmcsVersion,
    runs: await runsBetween(db, from, today.date, today.zone),
  };
  const needs = new Set([...points].flatMap((point) => [...neededFor(new Set([point]), rules)]));
  const page: PageOptions = {
    db,
    engine,
    settings,
    window,
    needs,
    wishes,
    ledgerSettings: ledger.settings,
    isHeard: (point) => isHeard(point, rules),
    ownHooksNamed: (hook) => ownHooksNamed(hook, rules),
    answerAt: await answersUnder(engine, settings),
    needsAt: eachOnce((point) => neededFor(new Set([point]), rules)),
    tally,
    signal,
  };
  const of = await countClients(db);
  let done = 0;
  for (let after = 0; ; ) {
    signal.throwIfAborted();
    const clients = await clientsAfter(db, after);
    const last = clients.at(-1);
    if (last === undefined) break;
    await livePage(clients, page);
    after = last.id;
    done += clients.length;
    onProgress({ done, of: Math.max(of, done) });
    signal.throwIfAborted();
  }
  const untold = [...points].filter((point) => !REBUILT_POINTS.has(point));
  for (const point of untold) tally.unknown(NOT_KEPT(point));
  return tally.result({ from, to: window.to, asOfToday: takenAsOfToday(needs) }, true);
}

export const ZONE_UNKNOWN =
  'The addon has not told the time zone of WHMCS yet. Open the addon page, or wait for cron.';
const LEFT_OUT =
  'What a client’s past would have been: its entries do not fit together when they are lived through again. It is left out.';
const OTHER_CURRENCY =
  'What a client’s past would have been whose currency changed meanwhile. It is left out.';
const NOT_KEPT = (point: string) =>
  `What it would have done at ${point}: only what WHMCS told of it then is known, as long as deliveries are kept.`;

interface ClientRow {
  readonly id: number;
  readonly credit: string;
  readonly currency: number;
}

interface PageOptions {
  readonly db: Db;
  readonly engine: Engine;
  readonly settings: StoredSettings;
  readonly window: Window;
  readonly needs: ReadonlySet<Need>;
  readonly wishes: RunWishes;
  readonly ledgerSettings: LedgerSettings;
  readonly isHeard: (point: string) => boolean;
  readonly ownHooksNamed: (hook: string) => readonly OwnHook[] | undefined;
  readonly answerAt: (hook: string) => HookAnswer;
  readonly needsAt: (point: string) => ReadonlySet<Need>;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

async function livePage(clients: readonly ClientRow[], options: PageOptions): Promise<void> {
  const { db, needs, window, tally, wishes, ...rest } = options;
  const read = await inTransaction(db, async (trx) => {
    const clientIds = clients.map(({ id }) => id);
    const rows = await readPast(trx, clientIds, window.from);
    const loaded = await loadFacts(trx, {
      clientIds,
      invoiceIds: rows.invoices.map(({ id }) => id),
      needs: neededToday(needs),
      zone: window.zone,
      at: new Date(),
    });
    const depositIds = loaded.invoices.flatMap(({ id, kind }) => (kind === 'deposit' ? id : []));
    const [deposits, payments, money, ways] = await Promise.all([
      readDeposits(trx, depositIds, needs),
      needs.has('payments') ? paymentsOf(trx, clientIds, paymentsSince(window.from)) : NONE,
      needs.has('revenue') ? moneyByDay(trx, clientIds) : NONE,
      readWaysOff(trx),
    ]);
    return { facts: loaded, past: rows, deposits, payments, money, waysOff: ways };
  });
  const { past, ...known } = read;
  const { facts } = known;
  const rowsOf = byClient(past);
  const living = {
    ...known,
    window,
    ledgerSettings: rest.ledgerSettings,
    needsAt: rest.needsAt,
    isHeard: rest.isHeard,
    ownHooksNamed: rest.ownHooksNamed,
    answerAt: rest.answerAt,
    wishes,
  };
  const lived: ReplayedClient[] = [];
  const answered: string[] = [];
  const pasts = new Map<number, ClientPast>();
  for (const { id, credit, currency } of clients) {
    const rows = rowsOf(id);
    const known = facts.factsFor(id, null);
    if (known === null) continue;
    const other = rows.entries.some(({ currencyId }) => currencyId !== currency);
    if (other || past.unreadable.has(id)) {
      tally.unknown(other ? OTHER_CURRENCY : LEFT_OUT);
      continue;
    }
    const own = pastOfClient(id, rows, facts, window);
    try {
      lived.push(new ReplayedClient(own, parseAmount(credit), living));
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      tally.unknown(LEFT_OUT);
      continue;
    }
    for (const fact of own.answered) answered.push(fact);
    pasts.set(id, own);
  }
  const { engine, settings, signal } = rest;
  await liveThrough(lived, { engine, settings, answered, signal });
  for (const { client, brokeOff } of lived) {
    const { clientId } = client.past;
    const currency = facts.factsFor(clientId, null)?.client.currency;
    if (currency === undefined) continue;
    if (brokeOff) {
      tally.unknown(LEFT_OUT);
      continue;
    }
    for (const { entry, command } of pasts.get(clientId)?.ours ?? []) {
      if (command.isNext) continue;
      tally.really(command.rule, command.effect, currency, entry.amountHundredths);
    }
    for (const one of client.effects) tally.would(one);
    for (const why of client.unknown) tally.unknown(why);
    const { balance: wouldHundredths, elseHundredths, touched } = client;
    const { id, code } = currency;
    tally.client(
      { clientId, currency: { id, code }, wouldHundredths, elseHundredths },
      touched.size,
    );
  }
}

/** Rules that ask for what the past does not tell are not asked, and named. */
function withoutUnknown(
  settings: StoredSettings,
  engine: Pick<Engine, 'rules'>,
  tally: Tally,
): StoredSettings {
  const paused = new Set(settings.paused);
  for (const { id, title, needs } of activeRules(engine.rules(), settings)) {
    const why = whyNotAsked(needs);
    if (why === undefined) continue;
    paused.add(id);
    tally.unknown(`What “${title}” would have done: it asks ${why}.`);
  }
  return { ...settings, paused };
}

const NONE = new Map<number, never>();

/** The rows of each client. */
function byClient(past: Past): (clientId: number) => ClientRows {
  const of = <Row extends { readonly clientId: number }>(rows: readonly Row[]) =>
    Map.groupBy(rows, ({ clientId }) => clientId);
  const [invoices, entries, commands, deliveries] = [
    of(past.invoices),
    of(past.entries),
    of(past.commands),
    of(past.deliveries),
  ];
  const payments = Map.groupBy(past.payments, ({ invoiceId }) => invoiceId);
  return (clientId) => {
    const own = invoices.get(clientId) ?? [];
    return {
      invoices: own,
      payments: own.flatMap(({ id }) => payments.get(id) ?? []),
      entries: entries.get(clientId) ?? [],
      commands: commands.get(clientId) ?? [],
      deliveries: deliveries.get(clientId) ?? [],
      keptOffBy: past.keptOffBy,
    };
  };
}

/** The shares of deposits, when a rule asks what was received. */
async function readDeposits(
  trx: Transaction<Database>,
  ids: readonly number[],
  needs: ReadonlySet<Need>,
): Promise<ReadonlyMap<number, DepositShares>> {
  if (ids.length === 0 || !needs.has('received')) return new Map();
  const [rows, containers, repeated] = await Promise.all([
    invoicesOf(trx, ids, []),
    containersOf(trx, ids),
    repeatedMoneyOf(trx, ids),
  ]);
  return new Map(
    rows.map((row) => {
      const grossHundredths = grossOfLines(row);
      const own = {
        grossHundredths,
        depositLinesHundredths:
          row.deposit_lines === null ? grossHundredths : parseAmount(row.deposit_lines),
        repeatedHundredths: repeated.get(row.id) ?? 0n,
        containers: (containers.get(row.id) ?? []).map(({ id, moneyHundredths, ...lines }) => ({
          ...lines,
          moneyHundredths: moneyHundredths - (repeated.get(id) ?? 0n),
        })),
      };
      return [row.id, own];
    }),
  );
}

/** @throws {WhmcsError} `past-unknown` */
async function checkLedger(db: Db): Promise<void> {
  const tail = await db
    .selectFrom('mod_creditbridge_tail')
    .select('state')
    .where('id', '=', 1)
    .executeTakeFirst();
  if (tail?.state === 'following') return;
  throw new WhmcsError(
    'past-unknown',
    `The past is rebuilt from the ledger, which is '${tail?.state ?? 'new'}' and not 'following' WHMCS’s credit log yet. Wait until it has read the history, or preview tomorrow.`,
  );
}

/** The runs of the window, at their beginning and again at their end. Before the first one there was no service: one a day is taken. */
async function runsBetween(
  db: Db,
  from: string,
  to: string,
  zone: string,
): Promise<Window['runs']> {
  const { rows } = await sql<{ date: string; started: string; closed: string | null }>`
    SELECT local_date AS date, started_at AS started, closed_at AS closed FROM mod_creditbridge_runs
    ORDER BY local_date`.execute(db);
  const real = rows.flatMap(({ date, started, closed }) => [
    { at: localMoment(started, zone, date), date },
    ...(closed === null ? [] : [{ at: localMoment(closed, zone, date), date }]),
  ]);
  const first = rows[0]?.date ?? to;
  const assumed: { readonly at: string; readonly date: string }[] = [];
  for (let date = from; date < first; date = daysAfter(date, 1)) {
    assumed.push({ at: startOfDay(date), date });
  }
  return [...assumed, ...real.filter(({ date }) => date >= from && date <= to)];
}

async function countClients(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number | bigint }>`
    SELECT COUNT(*) AS count FROM tblclients`.execute(db);
  return Number(rows[0]?.count ?? 0);
}

async function clientsAfter(db: Db, after: number): Promise<readonly ClientRow[]> {
  const { rows } = await sql<ClientRow>`
    SELECT id, credit, currency FROM tblclients WHERE id > ${after}
    ORDER BY id LIMIT ${sql.lit(PAGE_CLIENTS)}`.execute(db);
  return rows;
}

function eachOnce<T>(read: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const value = known.get(key) ?? read(key);
    known.set(key, value);
    return value;
  };
}
