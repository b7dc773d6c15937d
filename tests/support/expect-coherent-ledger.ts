import { isDeepStrictEqual } from 'node:util';
import type { RowDataPacket } from 'mysql2/promise';
import { expect } from 'vitest';
import { type LedgerSettings, replay } from '../../src/ledger/index.ts';
import { type Asked, readLedger, type StoredAccount } from './read-ledger.ts';
import type { WhmcsDatabase } from './whmcs-database.ts';

export interface CoherenceOptions {
  /**
   * Whether the tail has seen everything: then the log is mirrored row by row and the balances of WHMCS are explained. False
   * while something is known to be on its way; the ledger must agree with itself at every moment.
   */
  readonly caughtUp?: boolean;
}

/**
 * Fails with a sentence for everything in the current epoch that does not add up. `database` asks as root; everything is read
 * as of one moment, since a service may be at work.
 */
export async function expectCoherentLedger(
  { root }: Pick<WhmcsDatabase, 'root'>,
  options: CoherenceOptions = {},
): Promise<void> {
  const connection = await root.getConnection();
  try {
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    await expectCoherent(
      {
        async query<Row>(sql: string, parameters: readonly unknown[] = []) {
          const [rows] = await connection.query<RowDataPacket[]>(sql, [...parameters]);
          return rows as Row[];
        },
      },
      options,
    );
  } finally {
    await connection.query('ROLLBACK');
    connection.release();
  }
}

async function expectCoherent(
  database: Asked,
  { caughtUp = true }: CoherenceOptions,
): Promise<void> {
  const { accounts, settingsOf } = await readLedger(database);
  const problems = [
    ...accounts.flatMap((account) => [
      ...problemsOfSums(account),
      ...problemsOfGrants(account),
      ...problemsOfSpends(account),
      ...problemsOfReplay(account, settingsOf),
    ]),
    ...(await found(database, STRAYS)),
    ...(await found(database, SEQUENCES)),
    ...(await found(database, REVISIONS)),
    ...(caughtUp ? await found(database, LOG) : []),
    ...(caughtUp ? await found(database, BALANCES) : []),
  ];
  expect(problems, problems.join('\n')).toEqual([]);
}

function problemsOfSums(account: StoredAccount): string[] {
  const entries = account.entries.map(({ direction, amountHundredths }) =>
    direction === 'in' ? amountHundredths : -amountHundredths,
  );
  const remaining = account.grants.map((grant) => grant.remainingHundredths);
  const sums = [
    ['balance', account.balance, 'its entries', sum(entries)],
    ['remainder', account.remaining, 'its grants', sum(remaining)],
    ['unfunded part', account.unfundedSum, 'its entries', sum(account.unfunded.values())],
    ['balance', account.balance, 'grants less unfunded', account.remaining - account.unfundedSum],
  ] as const;
  return sums
    .filter(([, stored, , real]) => stored !== real)
    .map(
      ([what, stored, of, real]) =>
        `${name(account)}: its ${what} is ${stored}, the sum of ${of} ${real}.`,
    );
}

function problemsOfGrants(account: StoredAccount): string[] {
  const drawn = netBy(account, 'grantId');
  return account.grants.flatMap(({ id, amountHundredths, remainingHundredths }) => {
    const left = amountHundredths - (drawn.get(id) ?? 0n);
    const problems: string[] = [];
    if (remainingHundredths < 0n || remainingHundredths > amountHundredths) {
      problems.push(
        `${name(account)}: grant ${id} has ${remainingHundredths} of ${amountHundredths}.`,
      );
    }
    if (left !== remainingHundredths) {
      problems.push(
        `${name(account)}: grant ${id} has ${remainingHundredths} left, by its draw-downs ${left}.`,
      );
    }
    return problems;
  });
}

function problemsOfSpends(account: StoredAccount): string[] {
  const drawn = netBy(account, 'spend');
  const taken = new Map(
    account.entries
      .filter(({ direction }) => direction === 'out')
      .map((entry) => [entry.sequence, entry.amountHundredths]),
  );
  const spends = new Set([...drawn.keys(), ...account.unfunded.keys()]);
  return [...spends].flatMap((sequence) => {
    const amount = taken.get(sequence);
    const net = drawn.get(sequence) ?? 0n;
    const unfunded = account.unfunded.get(sequence) ?? 0n;
    if (amount === undefined) {
      return [`${name(account)}: ${sequence} drew grants and is no entry that took credit.`];
    }
    if (net >= 0n && unfunded >= 0n && net + unfunded <= amount) return [];
    return [
      `${name(account)}: entry ${sequence} over ${amount} drew ${net} and has ${unfunded} unfunded.`,
    ];
  });
}

function problemsOfReplay(
  account: StoredAccount,
  settingsOf: (version: number) => LedgerSettings,
): string[] {
  const book = replay(account.entries, settingsOf);
  const unfunded = [...book.spends.values()]
    .filter((spend) => spend.unfundedHundredths > 0n)
    .map((spend) => [spend.sequence, spend.unfundedHundredths] as const);
  const compared = [
    ['grants', account.grants, [...book.grants.values()].sort((a, b) => Number(a.id - b.id))],
    ['draw-downs', account.drawDowns, book.drawDowns],
    ['unfunded parts', new Map(account.unfunded), new Map(unfunded)],
  ] as const;
  return compared
    .filter(([, stored, replayed]) => !isDeepStrictEqual(stored, replayed))
    .map(
      ([what, stored, replayed]) =>
        `${name(account)}: replay gives other ${what}: ${shown(replayed)} instead of ${shown(stored)}.`,
    );
}

function netBy(account: StoredAccount, column: 'grantId' | 'spend'): Map<bigint, bigint> {
  const net = new Map<bigint, bigint>();
  for (const row of account.drawDowns) {
    const change = row.direction === 'draw' ? row.amountHundredths : -row.amountHundredths;
    net.set(row[column], (net.get(row[column]) ?? 0n) + change);
  }
  return net;
}

function name({ clientId, currencyId }: StoredAccount): string {
  return `Client ${clientId}, currency ${currencyId}`;
}

function sum(amounts: Iterable<bigint>): bigint {
  return [...amounts].reduce((total, one) => total + one, 0n);
}

function shown(value: unknown): string {
  const plain = value instanceof Map ? [...value] : value;
  return JSON.stringify(plain, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
}

async function found(database: Asked, question: string): Promise<string[]> {
  return (await database.query<{ problem: string }>(question)).map(({ problem }) => problem);
}

const EPOCH = '(SELECT epoch FROM mod_creditbridge_tail WHERE id = 1)';

/** Rows that belong to nothing: of no open account, or between two clients. */
const STRAYS = `
  SELECT CONCAT('Entry ', e.sequence, ' belongs to no open account, or not to one client.') AS problem
  FROM mod_creditbridge_entries e
  LEFT JOIN mod_creditbridge_accounts a ON a.client_id = e.client_id
    AND a.currency_id = e.currency_id AND a.epoch = e.epoch AND a.is_open = 1
  WHERE e.epoch = ${EPOCH} AND (a.client_id IS NULL OR e.amount_hundredths < 0
    OR (e.from_account = CONCAT('client:', e.client_id)) + (e.to_account = CONCAT('client:', e.client_id)) <> 1
    OR (e.from_account LIKE 'client:%') + (e.to_account LIKE 'client:%') <> 1)
  UNION ALL
  SELECT CONCAT('Grant ', g.id, ' was opened by no entry of its account.')
  FROM mod_creditbridge_grants g
  LEFT JOIN mod_creditbridge_entries e ON e.sequence = g.id AND e.epoch = g.epoch
    AND e.client_id = g.client_id AND e.currency_id = g.currency_id
  WHERE g.epoch = ${EPOCH} AND e.sequence IS NULL
  UNION ALL
  SELECT CONCAT('Draw-down ', d.id, ' joins what is not of one account.')
  FROM mod_creditbridge_draw_downs d
  LEFT JOIN mod_creditbridge_grants g ON g.id = d.grant_id AND g.epoch = d.epoch AND g.client_id = d.client_id
  LEFT JOIN mod_creditbridge_entries s ON s.sequence = d.spend_sequence AND s.epoch = d.epoch
    AND s.client_id = g.client_id AND s.currency_id = g.currency_id
  LEFT JOIN mod_creditbridge_entries b ON b.sequence = d.by_sequence AND b.epoch = d.epoch
    AND b.client_id = g.client_id AND b.currency_id = g.currency_id
  WHERE d.epoch = ${EPOCH} AND (g.id IS NULL OR s.sequence IS NULL OR b.sequence IS NULL)
  UNION ALL
  SELECT CONCAT('What is unfunded on ', u.sequence, ' is on no entry of its account.')
  FROM mod_creditbridge_unfunded u
  LEFT JOIN mod_creditbridge_entries e ON e.sequence = u.sequence AND e.epoch = u.epoch
    AND e.client_id = u.client_id AND e.currency_id = u.currency_id
  WHERE u.epoch = ${EPOCH} AND (e.sequence IS NULL OR u.amount_hundredths <= 0)`;

const SEQUENCES = `
  SELECT CONCAT('The sequences ', MIN(e.sequence), ' to ', MAX(e.sequence), ' have ', COUNT(*),
    ' entries; the next is said to be ', MAX(t.next_sequence), '.') AS problem
  FROM mod_creditbridge_entries e JOIN mod_creditbridge_tail t ON t.id = 1 AND t.epoch = e.epoch
  HAVING COUNT(*) > 0
    AND (COUNT(*) <> MAX(e.sequence) - MIN(e.sequence) + 1 OR MAX(e.sequence) >= MAX(t.next_sequence))`;

/** A row's revisions count from 0 without gaps; each odd one takes back the one before, with the same amount the other way. */
const REVISIONS = `
  SELECT CONCAT('Log row ', e.log_id, ': revision ', e.revision, ' (entry ', e.sequence,
    ') does not follow from the one before.') AS problem
  FROM mod_creditbridge_entries e
  LEFT JOIN mod_creditbridge_entries p ON p.epoch = e.epoch AND p.log_id = e.log_id
    AND p.revision = e.revision - 1 AND p.sequence < e.sequence
  WHERE e.epoch = ${EPOCH} AND e.log_id IS NOT NULL AND e.revision > 0
    AND (p.sequence IS NULL OR (e.revision % 2 = 1 AND NOT (e.corrects <=> p.sequence
      AND e.client_id = p.client_id AND e.amount_hundredths = p.amount_hundredths
      AND (e.from_account LIKE 'client:%') <> (p.from_account LIKE 'client:%'))))`;

/**
 * The entry `s` that stands for a row of the log: its latest revision, when that is even. By the key of both: without statistics MySQL
 * would compare all entries with all rows.
 */
const STANDS = `s.epoch = ${EPOCH} AND s.revision % 2 = 0 AND s.revision = (
    SELECT MAX(l.revision) FROM mod_creditbridge_entries l WHERE l.epoch = s.epoch AND l.log_id = s.log_id)`;

/** WHMCS removes the log of a client with the client (whmcs.md §2.7); such an account is closed instead. */
const LOG = `
  SELECT CONCAT('Log row ', c.id, ' (client ', c.clientid, ', ', c.amount, ', ', c.date, ') ',
    IF(s.sequence IS NULL, 'is not in the ledger.', CONCAT('reads otherwise than entry ', s.sequence, '.'))) AS problem
  FROM tblcredit c LEFT JOIN mod_creditbridge_entries s FORCE INDEX (one_per_row) ON s.log_id = c.id AND ${STANDS}
  WHERE c.id <= (SELECT cursor_log_id FROM mod_creditbridge_tail WHERE id = 1)
    AND NOT ((c.amount = 0 OR c.clientid <= 0) AND s.sequence IS NULL)
    AND NOT COALESCE(s.client_id = c.clientid
      AND IF(s.to_account LIKE 'client:%', 1, -1) * s.amount_hundredths = CAST(c.amount * 100 AS SIGNED)
      AND s.logged_on <=> IF(YEAR(c.date) = 0 OR MONTH(c.date) = 0 OR DAYOFMONTH(c.date) = 0, NULL, c.date), FALSE)
  UNION ALL
  SELECT CONCAT('Entry ', s.sequence, ' stands for log row ', s.log_id, ', which is gone.')
  FROM mod_creditbridge_entries s JOIN tblclients k ON k.id = s.client_id
    LEFT JOIN tblcredit c ON c.id = s.log_id
  WHERE s.log_id IS NOT NULL AND c.id IS NULL AND ${STANDS}`;

const BALANCES = `
  SELECT CONCAT('Client ', c.id, ' has ', c.credit, ' in WHMCS, and in the ledger ',
    COALESCE(a.balance_hundredths, 0) / 100, ' with a drift of ',
    COALESCE(d.whmcs_hundredths - d.ledger_hundredths, 0) / 100, '.') AS problem
  FROM tblclients c
  LEFT JOIN mod_creditbridge_accounts a ON a.client_id = c.id AND a.currency_id = c.currency
    AND a.epoch = ${EPOCH} AND a.is_open = 1
  LEFT JOIN mod_creditbridge_drifts d ON d.client_id = c.id AND d.currency_id = c.currency AND d.state = 'open'
  WHERE CAST(c.credit * 100 AS SIGNED) <> COALESCE(a.balance_hundredths, 0)
    + COALESCE(d.whmcs_hundredths - d.ledger_hundredths, 0)`;
