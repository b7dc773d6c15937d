import type { Transaction } from 'kysely';
import { storableText } from '../../bridge/index.ts';
import { InvariantError } from '../base/index.ts';
import type { Database } from '../db/index.ts';
import { COMMAND_COLUMNS, clip, insertRows, toMoment } from '../db/index.ts';
import { readAct, writeAct } from '../ledger/index.ts';
import { actionOf } from './action-of.ts';
import { checkCommand } from './check-command.ts';
import type { LockedClients } from './lock-clients.ts';
import type { CommandTerms, WantedCommand } from './wanted-command.ts';

/** Width of `reason`. */
const REASON_MAX = 500;

/**
 * Writes commands and their terms, inside the caller's transaction. Nothing else inserts into these tables.
 *
 * When a live command already answers the fact, the insert meets a duplicate key and `inTransaction` repeats all of the work.
 *
 * @param locked the clients that this transaction has locked; see `lockClients`
 * @throws {InvariantError} `command-invalid` for a command that must not reach WHMCS; roll the transaction back
 */
export async function writeCommands(
  trx: Transaction<Database>,
  locked: LockedClients,
  wanted: readonly WantedCommand[],
  at: Date,
): Promise<void> {
  const now = toMoment(at);
  const rows = wanted.map((one) => commandRow(one, locked, at, now));
  const terms = wanted.flatMap((one) => (one.terms === null ? [] : [termsRow(one, one.terms)]));
  // Both in one turn, so that they share a packet.
  await Promise.all([
    insertRows(trx, 'mod_creditbridge_commands', COMMAND_COLUMNS, rows),
    insertRows(trx, 'mod_creditbridge_command_terms', TERM_COLUMNS, terms),
  ]);
}

/** In the order of `COMMAND_COLUMNS`. */
function commandRow(
  one: WantedCommand,
  locked: LockedClients,
  at: Date,
  now: string,
): readonly unknown[] {
  checkCommand(one, locked);
  const { fact, call, cause, delaySeconds = 0 } = one;
  const notBefore =
    delaySeconds > 0 ? toMoment(new Date(at.getTime() + delaySeconds * 1000)) : null;
  return [
    one.id,
    fact,
    fact,
    one.clientId ?? 0,
    one.invoiceId,
    actionOf(call).name,
    parametersText(one.fact, call),
    JSON.stringify(one.expects),
    one.amountHundredths,
    one.holdHundredths,
    one.rule,
    cause?.decisionId ?? null,
    cause?.causedBy ?? null,
    cause?.depth ?? 0,
    one.urgency,
    notBefore,
    one.afterFact ?? null,
    one.requiresFact ?? null,
    now,
  ];
}

/** Writes the parameters with storable texts, in a form that the shim accepts. */
function parametersText(fact: string, call: WantedCommand['call']): string {
  const { name: action, parameters } = actionOf(call);
  const read = parameters.safeParse(storable(call.parameters));
  if (read.success) return JSON.stringify(read.data);
  const members = read.error.issues.map(({ path }) => path.join('.'));
  throw new InvariantError(
    'command-invalid',
    `Command ${fact} calls ${action} with parameters that it does not accept.`,
    { details: { fact, action, members }, cause: read.error },
  );
}

/** Parameters with free text, also in the lines of an invoice. The text of a mail is made storable as HTML. */
const TEXTS = ['description', 'messagename', 'customsubject'] as const;

function storable(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy = { ...parameters };
  for (const name of TEXTS) {
    const text = copy[name];
    if (typeof text === 'string') copy[name] = storableText(text);
  }
  if (Array.isArray(copy['lines'])) copy['lines'] = copy['lines'].map(storable);
  return copy;
}

const TERM_COLUMNS = [
  'command_id',
  'kind',
  'act',
  'invoice_id',
  'actor',
  'reason',
  'operation_id',
] as const;

function termsRow({ id, fact }: WantedCommand, terms: CommandTerms): readonly unknown[] {
  const { kind, invoiceId, actor, reason, operationId } = terms;
  return [id, kind, actText(fact, terms), invoiceId, actor, clip(reason, REASON_MAX), operationId];
}

/** Writes the act as it is stored, and checks that it can be read back. */
function actText(fact: string, { act }: CommandTerms): string {
  const text = writeAct(act);
  try {
    readAct(text);
    return text;
  } catch (cause) {
    throw new InvariantError(
      'command-invalid',
      `Command ${fact} has an act that the ledger cannot read.`,
      { details: { fact, act: text }, cause },
    );
  }
}
