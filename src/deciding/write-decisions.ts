import type { Transaction } from 'kysely';
import { commandFor, noticeFor, type Planned, type Written } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { clip, insertRows, toMoment } from '../db/index.ts';
import { writeAct } from '../ledger/index.ts';
import { type Command, type Settled, writeTrace } from '../rules/settle/index.ts';

export interface WriteOptions {
  readonly at: Date;
  readonly newId: () => string;
}

/** Width of `reason`; the trace has the full sentences. */
const REASON_MAX = 500;
const NOTICE_MAX = 1000;

interface Row {
  readonly id: string;
  readonly planned: Planned;
  readonly command: Command | null;
}

/**
 * Writes decisions, their commands and notices with a few multi-row statements, inside the caller's transaction. Each fact
 * among the effects must be answered by one of them alone, and by no live command (`liveFacts`). A decision that changes
 * nothing is one row per rule and target, which keeps the newest reason and counts.
 *
 * A fact that somebody answers at the same moment is a duplicate key, at which `inTransaction` does all of it again; the next
 * try sees their command.
 */
export async function writeDecisions(
  trx: Transaction<Database>,
  planned: readonly Planned[],
  options: WriteOptions,
): Promise<Written> {
  const rows = planned.map((one) => toRow(one, options.newId));
  const asked = rows.filter((row) => row.command !== null);
  // All asked for in this turn, so that they and the COMMIT after them can share a packet.
  const [notices] = await Promise.all([
    insertNotices(trx, rows, options.at),
    insertCommands(trx, asked, options.at),
    insertTerms(trx, asked),
    insertDecisions(trx, rows, options.at),
  ]);
  const effects = rows.filter((row) => row.planned.settled.outcome === 'effect');
  return {
    decisions: rows.length,
    commands: asked.length,
    notices,
    facts: new Set(effects.flatMap((row) => row.planned.settled.fact ?? [])),
  };
}

function toRow(planned: Planned, newId: () => string): Row {
  return { id: newId(), planned, command: commandFor(planned.settled) };
}

async function insertCommands(
  trx: Transaction<Database>,
  rows: readonly Row[],
  at: Date,
): Promise<void> {
  const now = toMoment(at);
  const values = rows.map((row) => commandValues(row, at, now));
  await insertRows(trx, 'mod_creditbridge_commands', COMMAND_COLUMNS, values);
}

const COMMAND_COLUMNS = [
  'id',
  'fact',
  'live_fact',
  'client_id',
  'invoice_id',
  'action',
  'parameters',
  'expects',
  'amount_hundredths',
  'hold_hundredths',
  'rule',
  'decision_id',
  'caused_by',
  'depth',
  'urgency',
  'not_before',
  'after_fact',
  'created_at',
] as const;

function commandValues({ id, planned, command }: Row, at: Date, now: string): readonly unknown[] {
  const { settled, origin } = planned;
  if (command === null) throw new TypeError('A row without a command has no values for one.');
  const { call, expects, amountHundredths, holdHundredths, urgency, delaySeconds } = command;
  const notBefore =
    delaySeconds > 0 ? toMoment(new Date(at.getTime() + delaySeconds * 1000)) : null;
  return [
    // One decision has one command; sharing the id keeps both findable by it.
    id,
    settled.fact,
    settled.fact,
    settled.clientId,
    settled.invoiceId,
    call.action,
    JSON.stringify(call.parameters),
    JSON.stringify(expects),
    amountHundredths,
    holdHundredths,
    settled.rule,
    id,
    origin.causedBy,
    origin.depth,
    urgency,
    notBefore,
    command.afterFact,
    now,
  ];
}

async function insertTerms(trx: Transaction<Database>, rows: readonly Row[]): Promise<void> {
  const values = rows.flatMap(({ id, planned: { settled }, command }) => {
    const terms = command?.terms ?? null;
    if (terms === null) return [];
    const { kind, act, invoiceId } = terms;
    const reason = clip(settled.reason, REASON_MAX);
    return [[id, kind, writeAct(act), invoiceId, `rule:${settled.rule}`, reason]];
  });
  await insertRows(trx, 'mod_creditbridge_command_terms', TERM_COLUMNS, values);
}

const TERM_COLUMNS = ['command_id', 'kind', 'act', 'invoice_id', 'actor', 'reason'] as const;

const DECISION_COLUMNS = [
  'id',
  'rule',
  'target',
  'effect_key',
  'client_id',
  'invoice_id',
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
  'first_at',
  'last_at',
] as const;

/** What the one row of a decision that changes nothing takes over when it is made again. */
const NEWEST = [
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
]
  .map((column) => `${column} = VALUES(${column})`)
  .concat('times = times + 1')
  .join(', ');

async function insertDecisions(
  trx: Transaction<Database>,
  rows: readonly Row[],
  at: Date,
): Promise<void> {
  const effects = rows.filter((row) => effectKey(row.planned.settled) === null);
  const others = rows.filter((row) => effectKey(row.planned.settled) !== null);
  const now = toMoment(at);
  const values = (some: readonly Row[]) => some.map((row) => decisionValues(row, now));
  const table = 'mod_creditbridge_decisions';
  // In the order of their key, so that two pages meet their rows in the same order.
  const sorted = others.toSorted((a, b) =>
    compare(keyOf(a.planned.settled), keyOf(b.planned.settled)),
  );
  await Promise.all([
    insertRows(trx, table, DECISION_COLUMNS, values(effects)),
    insertRows(trx, table, DECISION_COLUMNS, values(sorted), { onDuplicate: NEWEST }),
  ]);
}

function decisionValues({ id, planned }: Row, at: string): readonly unknown[] {
  const { settled, origin } = planned;
  return [
    id,
    settled.rule,
    settled.question.key,
    effectKey(settled) ?? id,
    settled.clientId,
    settled.invoiceId,
    settled.question.event.name,
    origin.deliveryId,
    origin.runId,
    settled.outcome,
    settled.effect?.kind ?? '',
    settled.amountHundredths,
    settled.fact,
    clip(settled.reason, REASON_MAX),
    writeTrace(settled.trace),
    settled.settingsVersion,
    at,
    at,
  ];
}

/** What makes a decision that changes nothing one row per rule and target; null for one that changes something. */
function effectKey({ outcome, effect }: Settled): string | null {
  if (outcome === 'effect') return null;
  return outcome === 'observed' ? `observed:${effect?.kind ?? ''}` : '';
}

function keyOf(settled: Settled): string {
  return `${settled.rule} ${settled.question.key} ${effectKey(settled) ?? ''}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

async function insertNotices(
  trx: Transaction<Database>,
  rows: readonly Row[],
  at: Date,
): Promise<number> {
  const values = rows.flatMap(({ planned: { settled } }) => {
    const notice = noticeFor(settled);
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
