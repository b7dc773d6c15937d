import { sql } from 'kysely';
import {
  readHolds,
  STANDING_COLUMNS,
  STANDING_JOINS,
  type StandingRow,
  spendableOf,
} from '../../commands/index.ts';
import type { Db } from '../../db/index.ts';
import { parseAmount } from '../../money/index.ts';
import { PARKED } from '../../parking/index.ts';

export interface CurrencyRow {
  readonly id: number;
  readonly code: string;
  readonly prefix: string;
  readonly suffix: string;
  /** How WHMCS writes its amounts: see `DisplayCurrency`. */
  readonly format: number;
  /** Relative to the default currency (whmcs.md §2.9). */
  readonly rate: string;
  readonly isDefault: boolean;
}

export interface ClientRow {
  readonly id: number;
  /** 0 when in none. */
  readonly groupId: number;
  readonly currencyId: number;
  readonly creditHundredths: bigint;
  /** On its way. */
  readonly heldHundredths: bigint;
  readonly reservedHundredths: bigint;
  /** Without what is held and reserved in doubt; rules may reserve some of it. */
  readonly spendableHundredths: bigint;
  readonly parkedHundredths: bigint;
}

/** Admins whose names are read; a large provider has some hundred. */
const ADMINS_MAX = 2_000;

export async function listCurrencies(db: Db): Promise<readonly CurrencyRow[]> {
  const rows = await db
    .selectFrom('tblcurrencies')
    .select(['id', 'code', 'prefix', 'suffix', 'format', 'rate', 'default'])
    .orderBy('default', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(({ default: isDefault, ...row }) => ({ ...row, isDefault: isDefault === 1 }));
}

/** The login names of all admins, also of those who acted years ago, unless WHMCS deleted them. */
export async function listAdminNames(db: Db): Promise<ReadonlyMap<number, string>> {
  const rows = await db
    .selectFrom('tbladmins')
    .select(['id', 'username'])
    .limit(ADMINS_MAX)
    .execute();
  return new Map(rows.map(({ id, username }) => [id, username]));
}

/** A client's balance, and how much of it is held. */
export async function findClient(db: Db, id: number): Promise<ClientRow | undefined> {
  const holds = await readHolds(db, [id]);
  const { rows } = await sql<ClientCredit>`
    SELECT c.id, c.groupid, c.currency, c.credit, ${STANDING_COLUMNS}, ${PARKED} AS parked
    FROM tblclients c ${STANDING_JOINS} WHERE c.id = ${id}`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const creditHundredths = parseAmount(row.credit);
  const { heldHundredths, reservedHundredths, spendableHundredths } = spendableOf(
    { clientId: id, creditHundredths, drift: row.drift },
    holds,
  );
  return {
    id: row.id,
    groupId: row.groupid,
    currencyId: row.currency,
    creditHundredths,
    heldHundredths: heldHundredths - reservedHundredths,
    reservedHundredths,
    spendableHundredths,
    parkedHundredths: BigInt(row.parked),
  };
}

interface ClientCredit extends StandingRow {
  readonly parked: string | bigint;
  readonly id: number;
  readonly groupid: number;
  readonly currency: number;
  readonly credit: string;
}
