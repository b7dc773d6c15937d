import {
  DEFAULT_LEDGER_SETTINGS,
  type DrawDown,
  directionOf,
  type Entry,
  type Grant,
  type GrantKind,
  type LedgerSettings,
  ledgerSettings,
  type Replayed,
  readAct,
} from '../../src/ledger/index.ts';
import type { WhmcsDatabase } from './whmcs-database.ts';

export type Asked = Pick<WhmcsDatabase, 'query'>;

/** An account of the current epoch with everything that is stored of it. */
export interface StoredAccount {
  readonly clientId: number;
  readonly currencyId: number;
  readonly balance: bigint;
  readonly remaining: bigint;
  readonly unfundedSum: bigint;
  readonly entries: readonly Replayed[];
  readonly grants: readonly Grant[];
  readonly unfunded: ReadonlyMap<bigint, bigint>;
  /** In the order in which they were written. */
  readonly drawDowns: readonly DrawDown[];
}

type Row = Readonly<Record<string, string>>;

/** Reads every open account of the current epoch. Numbers come as text, so that none is rounded on the way. */
export async function readLedger(database: Asked): Promise<{
  readonly accounts: readonly StoredAccount[];
  readonly settingsOf: (version: number) => LedgerSettings;
}> {
  const inEpoch = 'epoch = (SELECT epoch FROM mod_creditbridge_tail WHERE id = 1)';
  const read = async (table: string, order: string) => {
    const rows = await database.query<Record<string, unknown>>(
      `SELECT * FROM ${table} WHERE ${inEpoch} ORDER BY ${order}`,
    );
    return rows.map(asTexts);
  };
  const entries = Map.groupBy(await read('mod_creditbridge_entries', 'sequence'), key);
  const grantRows = await read('mod_creditbridge_grants', 'id');
  const grants = Map.groupBy(grantRows, key);
  const accountOfGrant = new Map(grantRows.map((row) => [row['id'] ?? '', key(row)]));
  const unfunded = Map.groupBy(await read('mod_creditbridge_unfunded', 'sequence'), key);
  const drawDowns = Map.groupBy(await read('mod_creditbridge_draw_downs', 'id'), (row) =>
    accountOfGrant.get(row['grant_id'] ?? ''),
  );
  const accounts = (await read('mod_creditbridge_accounts', 'client_id, currency_id'))
    .filter((row) => row['is_open'] === '1')
    .map((row) => ({
      clientId: Number(row['client_id']),
      currencyId: Number(row['currency_id']),
      balance: big(row, 'balance_hundredths'),
      remaining: big(row, 'remaining_hundredths'),
      unfundedSum: big(row, 'unfunded_hundredths'),
      entries: (entries.get(key(row)) ?? []).map(entryOf),
      grants: (grants.get(key(row)) ?? []).map(grantOf),
      unfunded: new Map(
        (unfunded.get(key(row)) ?? []).map((one) => [
          big(one, 'sequence'),
          big(one, 'amount_hundredths'),
        ]),
      ),
      drawDowns: (drawDowns.get(key(row)) ?? []).map(drawDownOf),
    }));
  const versions = await database.query<{ version: number; settings: string }>(
    'SELECT version, settings FROM mod_creditbridge_ledger_settings',
  );
  const settings = new Map(
    versions.map((one) => [one.version, ledgerSettings.parse(JSON.parse(one.settings))]),
  );
  return { accounts, settingsOf: (version) => settings.get(version) ?? DEFAULT_LEDGER_SETTINGS };
}

function asTexts(row: Readonly<Record<string, unknown>>): Row {
  const columns = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(columns.map(([column, value]) => [column, String(value)]));
}

function key(row: Row): string {
  return `${row['client_id']}:${row['currency_id']}`;
}

function big(row: Row, column: string): bigint {
  return BigInt(row[column] ?? '');
}

function entryOf(row: Row): Replayed {
  const clientId = Number(row['client_id']);
  const invoiceId = row['invoice_id'];
  const entry: Pick<Entry, 'toAccount' | 'clientId'> = {
    clientId,
    toAccount: row['to_account'] ?? '',
  };
  return {
    sequence: big(row, 'sequence'),
    direction: directionOf(entry),
    amountHundredths: big(row, 'amount_hundredths'),
    on: row['logged_on'] ?? null,
    invoiceId: invoiceId === undefined ? null : Number(invoiceId),
    commandId: row['command_id'] ?? null,
    act: readAct(row['act'] ?? ''),
    settingsVersion: Number(row['settings_version']),
  };
}

function grantOf(row: Row): Grant {
  const follows = row['follows_invoice_id'];
  return {
    id: big(row, 'id'),
    kind: (row['kind'] ?? '') as GrantKind,
    amountHundredths: big(row, 'amount_hundredths'),
    remainingHundredths: big(row, 'remaining_hundredths'),
    openedOn: row['opened_on'] ?? null,
    startsOn: row['starts_on'] ?? null,
    expiresOn: row['expires_on'] ?? null,
    priority: Number(row['priority']),
    refundable: row['refundable'] === '1',
    followsInvoiceId: follows === undefined ? null : Number(follows),
    rule: row['rule'] ?? '',
    commandId: row['command_id'] ?? null,
  };
}

function drawDownOf(row: Row): DrawDown {
  return {
    grantId: big(row, 'grant_id'),
    spend: big(row, 'spend_sequence'),
    by: big(row, 'by_sequence'),
    direction: row['direction'] === 'draw' ? 'draw' : 'return',
    amountHundredths: big(row, 'amount_hundredths'),
  };
}
