import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { insertRows, toMoment } from '../db/index.ts';
import { writeAct } from '../ledger/index.ts';
import type { OperationCommand } from './ports.ts';
import { OPERATION_RULE } from './standing.ts';

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
  'urgency',
  'requires_fact',
  'created_at',
] as const;
const TERM_COLUMNS = ['command_id', 'kind', 'act', 'actor', 'reason'] as const;

/** As urgent as a grant of a rule. */
const URGENCY = 50;

/** Writes commands with what they mean to the ledger. Somebody waits for them, so they come before what rules want. */
export async function writeOperationCommands(
  trx: Transaction<Database>,
  commands: readonly OperationCommand[],
  at: Date,
  newId: () => string,
): Promise<void> {
  const rows = commands.map((command) => ({ id: newId(), command }));
  const values = rows.map(({ id, command }) => [
    id,
    command.fact,
    command.fact,
    command.parameters.clientid,
    null,
    'AddCredit',
    JSON.stringify(command.parameters),
    JSON.stringify(command.expects),
    command.amountHundredths,
    command.parameters.type === 'remove' ? command.amountHundredths : 0n,
    OPERATION_RULE,
    URGENCY,
    command.requiresFact,
    toMoment(at),
  ]);
  const terms = rows.map(({ id, command }) => [
    id,
    command.terms.kind,
    writeAct(command.terms.act),
    command.terms.actor,
    command.terms.reason,
  ]);
  await insertRows(trx, 'mod_creditbridge_commands', COMMAND_COLUMNS, values);
  await insertRows(trx, 'mod_creditbridge_command_terms', TERM_COLUMNS, terms);
}
