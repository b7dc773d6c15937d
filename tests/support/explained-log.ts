import { v7 as newId } from 'uuid';
import { grantTerms, readAct, writeAct } from '../../src/ledger/index.ts';
import type { StandIn } from './stand-in.ts';
import type { WhmcsDatabase } from './whmcs-database.ts';

interface Row {
  readonly sequence: string;
  readonly kind: string;
  readonly evidence: string;
  readonly act: string;
  readonly invoice_id: number | null;
  readonly amount: string;
}

/**
 * What the ledger wrote for a client behind a sequence, a line each: `-25.00 transit invoice #901 spend 14`. A grant that was
 * opened is named by its own entry's place in the list: `grant:paid:refundable (first)`.
 */
export async function explainedSince(
  database: WhmcsDatabase,
  client: number,
  after: bigint,
): Promise<readonly string[]> {
  const rows = await database.query<Row>(
    `SELECT CAST(sequence AS CHAR) AS sequence, kind, evidence, act, invoice_id,
       CAST(IF(to_account = CONCAT('client:', client_id), 1, -1) * amount_hundredths / 100
         AS DECIMAL(16,2)) AS amount
     FROM mod_creditbridge_entries WHERE client_id = ? AND sequence > ? ORDER BY mod_creditbridge_entries.sequence`,
    [client, String(after)],
  );
  const places = new Map(rows.map(({ sequence }, index) => [BigInt(sequence), index + 1]));
  return rows.map(({ amount, kind, evidence, invoice_id, act }) => {
    const invoice = invoice_id === null ? '' : ` #${invoice_id}`;
    return `${amount} ${kind} ${evidence}${invoice}: ${inShort(act, places)}`;
  });
}

/** The newest entry there is. */
export async function lastSequence(database: WhmcsDatabase): Promise<bigint> {
  const [row] = await database.query<{ last: string }>(
    'SELECT CAST(COALESCE(MAX(sequence), 0) AS CHAR) AS last FROM mod_creditbridge_entries',
  );
  return BigInt(row?.last ?? 0);
}

/** What remains of a client's grants, by kind, in the order they were opened: `promotional 10.00 of 10.00`. */
export async function grantsOf(
  database: WhmcsDatabase,
  client: number,
): Promise<readonly string[]> {
  const rows = await database.query<{ kind: string; remaining: string; amount: string }>(
    `SELECT kind, CAST(remaining_hundredths / 100 AS DECIMAL(16,2)) AS remaining,
       CAST(amount_hundredths / 100 AS DECIMAL(16,2)) AS amount
     FROM mod_creditbridge_grants WHERE client_id = ? ORDER BY id`,
    [client],
  );
  return rows.map(({ kind, remaining, amount }) => `${kind} ${remaining} of ${amount}`);
}

/** Promotional credit as a rule gives it: a command that is under way, and the call that the shim makes for it. */
export async function giveBonus(
  { database, standIn }: { readonly database: WhmcsDatabase; readonly standIn: StandIn },
  client: number,
  amount: string,
  expiresOn: string | null = null,
): Promise<string> {
  const id = newId();
  await database.root.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, action, parameters, expects,
       amount_hundredths, rule, state, witnesses, created_at)
     VALUES (?, ?, ?, ?, 'AddCredit', ?, '{}', ? * 100, 'deposit-bonus', 'running',
       (SELECT JSON_OBJECT('creditId', COALESCE(MAX(id), 0)) FROM tblcredit), UTC_TIMESTAMP(6))`,
    [id, `test:${id}`, `test:${id}`, client, JSON.stringify({ type: 'add', amount }), amount],
  );
  const terms = grantTerms.parse({ kind: 'promotional', rule: 'deposit-bonus', expiresOn });
  await database.root.query(
    "INSERT INTO mod_creditbridge_command_terms (command_id, kind, act) VALUES (?, 'bonus', ?)",
    [id, writeAct({ do: 'grant', ...terms, fundsUnfunded: false, givenAs: 'a small “thank you”' })],
  );
  await standIn.api('AddCredit', {
    clientid: String(client),
    description: `Thank you [cb:${id}]`,
    amount,
  });
  return id;
}

function inShort(text: string, places: ReadonlyMap<bigint, number>): string {
  const act = readAct(text);
  if (act.do === 'grant') return `grant:${act.kind}${act.refundable ? ':refundable' : ''}`;
  if (act.do !== 'spend' || act.grants.length === 0) return act.do;
  return `spend of row ${act.grants.map((grant) => places.get(grant) ?? grant).join(' and ')}`;
}
