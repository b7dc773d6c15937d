import { sql, type Transaction } from 'kysely';
import type { Database, Db } from '../db/index.ts';
import { clip, insertRows, inTransaction, toMoment } from '../db/index.ts';
import type { FindingOutcome, NewFinding } from './finding.ts';

/** Width of the column. */
const TEXT_MAX = 1000;

/** Writes findings that are new, in a transaction of their own; known ones stay as they are. */
export async function addFindings(
  db: Db,
  findings: readonly NewFinding[],
  at: Date,
): Promise<void> {
  if (findings.length === 0) return;
  await inTransaction(db, (trx) => writeFindings(trx, findings, at));
}

/** The same inside a transaction. Sorted by fact, so that two writers cannot deadlock. */
export async function writeFindings(
  trx: Transaction<Database>,
  findings: readonly NewFinding[],
  at: Date,
): Promise<void> {
  const sorted = findings.toSorted((a, b) => (a.fact < b.fact ? -1 : 1));
  await insertRows(
    trx,
    'mod_creditbridge_findings',
    ['fact', 'kind', 'client_id', 'other_client_id', 'invoice_id', 'text', 'outcome', 'found_at'],
    sorted.map((one) => [
      one.fact,
      one.kind,
      one.clientId,
      one.otherClientId ?? null,
      one.invoiceId,
      clip(one.text, TEXT_MAX),
      one.outcome,
      toMoment(at),
    ]),
    { onDuplicate: 'fact = fact' },
  );
}

/** Gives findings another outcome; settled ones stay as they are. */
export async function moveFindings(
  db: Db,
  facts: readonly string[],
  outcome: FindingOutcome,
  at: Date,
): Promise<void> {
  if (facts.length === 0) return;
  await sql`
    UPDATE mod_creditbridge_findings SET outcome = ${outcome}, settled_at = ${toMoment(at)}
    WHERE fact IN (${sql.join(facts)}) AND outcome <> 'settled'`.execute(db);
}

export async function forgetFindings(db: Db, facts: readonly string[]): Promise<void> {
  if (facts.length === 0) return;
  await db.deleteFrom('mod_creditbridge_findings').where('fact', 'in', facts).execute();
}
