import type { Transaction } from 'kysely';
import {
  askAboutFacts,
  type LockedClients,
  type Waiting,
  type WantedCommand,
  writeCommands,
} from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { clip, insertRows, toMoment } from '../db/index.ts';
import { type DecidedWrite, writeDecided } from '../parking/index.ts';
import type { Settled } from '../rules/settle/index.ts';
import type { Batch } from './batch.ts';
import type { Planned, Written } from './planned-decision.ts';

/** Width of `reason`; the trace has the full sentences. */
const REASON_MAX = 500;
const NOTICE_MAX = 1000;

interface Row {
  readonly id: string;
  readonly planned: Planned;
}

/**
 * Writes decisions, their commands and notices with a few multi-row statements, inside the batch's transaction. Only one of the
 * effects may answer a fact, and no live command (`liveFacts`). A decision that changes nothing is one row per rule and
 * target, with the newest reason and a count.
 *
 * When another transaction answers a fact at the same moment, the insert meets a duplicate key and `inTransaction` repeats the
 * work; the next try sees the other command.
 */
export async function writeDecisions(
  { trx, at, newId }: Pick<Batch, 'trx' | 'at' | 'newId'>,
  planned: readonly Planned[],
  locked: LockedClients,
): Promise<Written> {
  const rows = planned.map((one) => ({ id: newId(), planned: one }));
  const wanted = rows.flatMap((row) => wantedBy(row, newId));
  // All in one turn, so that they and the COMMIT after them can share a packet.
  const [notices] = await Promise.all([
    insertNotices(trx, rows, at),
    writeCommands(trx, locked, wanted, at),
    askAboutFacts(trx, rows.flatMap(waitingOf), at),
    insertDecisions(trx, rows, at),
    writeDecided(trx, rows.flatMap(storeWritesOf), at),
  ]);
  const effects = planned.filter(({ settled }) => settled.outcome === 'effect');
  return {
    decisions: rows.length,
    commands: wanted.length,
    notices,
    facts: new Set(effects.flatMap(({ settled }) => settled.fact ?? [])),
  };
}

/** What waits for an admin has its decision's id, too. */
function waitingOf({ id, planned: { settled } }: Row): readonly Waiting[] {
  return settled.outcome === 'waits' ? [{ id, settled }] : [];
}

/** A command has its decision's id, so that one id finds both. What is done after it names the decision as its cause. */
function wantedBy(
  { id, planned: { settled, origin, command } }: Row,
  newId: () => string,
): readonly WantedCommand[] {
  if (command === null) return [];
  const { rule, clientId, invoiceId, fact, reason } = settled;
  if (fact === null) throw new TypeError(`A decision of ${rule} answers no fact.`);
  const { next, ...first } = command;
  const wanted = ({ terms, ...asked }: typeof first) => ({
    ...asked,
    clientId,
    invoiceId,
    rule,
    cause: { decisionId: id, causedBy: origin.causedBy, depth: origin.depth },
    terms: terms && { ...terms, actor: `rule:${rule}`, reason, operationId: null },
  });
  const one = { ...wanted(first), id, fact };
  if (next === undefined) return [one];
  return [one, { ...wanted(next), id: newId(), fact: `next:${id}`, requiresFact: fact }];
}

function storeWritesOf({ id, planned: { settled, storeWrites } }: Row): readonly DecidedWrite[] {
  const { rule, clientId, fact, question } = settled;
  if (fact === null) return [];
  const { id: currencyId } = question.facts.client.currency;
  return storeWrites.map((write) => ({ clientId, currencyId, rule, fact, decisionId: id, write }));
}

/** What one row of a decision without effect is found by, and when it was made first. */
const FIXED_COLUMNS = [
  'id',
  'rule',
  'target',
  'repeat_key',
  'client_id',
  'invoice_id',
  'first_at',
] as const;

/** What a repeated decision without effect writes anew in its one row. */
const NEWEST_COLUMNS = [
  'event',
  'delivery_id',
  'run_id',
  'outcome',
  'effect',
  'amount_hundredths',
  'fact',
  'reason',
  'trace',
  'settings_version',
  'last_at',
] as const;

const DECISION_COLUMNS = [...FIXED_COLUMNS, ...NEWEST_COLUMNS] as const;

const NEWEST = NEWEST_COLUMNS.map((column) => `${column} = VALUES(${column})`)
  .concat('times = times + 1')
  .join(', ');

async function insertDecisions(
  trx: Transaction<Database>,
  rows: readonly Row[],
  at: Date,
): Promise<void> {
  const now = toMoment(at);
  const effects: (readonly unknown[])[] = [];
  const repeatable: { readonly key: string; readonly values: readonly unknown[] }[] = [];
  for (const row of rows) {
    const key = repeatKey(row.planned.settled);
    const values = decisionValues(row, key, now);
    if (key === null) effects.push(values);
    else repeatable.push({ key, values });
  }
  // In the order of the key, so that two batches lock their rows in the same order.
  repeatable.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  const others = repeatable.map(({ values }) => values);
  const table = 'mod_creditbridge_decisions';
  await Promise.all([
    insertRows(trx, table, DECISION_COLUMNS, effects),
    insertRows(trx, table, DECISION_COLUMNS, others, { onDuplicate: NEWEST }),
  ]);
}

function decisionValues({ id, planned }: Row, key: string | null, at: string): readonly unknown[] {
  const { settled, origin, trace } = planned;
  return [
    id,
    settled.rule,
    settled.question.key,
    key,
    settled.clientId,
    settled.invoiceId,
    at,
    settled.question.event.name,
    origin.deliveryId,
    origin.runId,
    settled.outcome,
    settled.effect?.kind ?? '',
    settled.amountHundredths,
    settled.fact,
    clip(settled.reason, REASON_MAX),
    trace,
    settled.settingsVersion,
    at,
  ];
}

/**
 * The key that makes a decision without effect one row per rule and target; null for a decision with an effect, or with one that
 * waits.
 */
function repeatKey({ outcome, effect, rule, question }: Settled): string | null {
  if (outcome === 'effect' || outcome === 'waits') return null;
  const about = `${rule} ${question.key}`;
  return outcome === 'observed' ? `${about} observed:${effect?.kind ?? ''}` : about;
}

async function insertNotices(
  trx: Transaction<Database>,
  rows: readonly Row[],
  at: Date,
): Promise<number> {
  const values = rows.flatMap(({ planned: { settled, notice } }) => {
    if (notice === null) return [];
    return [
      [
        settled.fact,
        notice.level,
        settled.rule,
        settled.clientId,
        settled.invoiceId,
        clip(notice.text, NOTICE_MAX),
        toMoment(at),
      ],
    ];
  });
  const columns = [
    'fact',
    'level',
    'rule',
    'client_id',
    'invoice_id',
    'text',
    'created_at',
  ] as const;
  await insertRows(trx, 'mod_creditbridge_notices', columns, values);
  return values.length;
}
