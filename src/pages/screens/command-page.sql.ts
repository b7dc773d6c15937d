import type { Db } from '../../db/index.ts';
import type { UtcText } from '../html/moment.ts';
import { type CommandRow, selectCommands } from '../queries/commands.ts';

export interface CommandDetail extends CommandRow {
  /** JSON. */
  readonly expects: string;
  readonly witnesses: string | null;
  readonly answer: string | null;
  readonly causedBy: string | null;
  readonly urgency: number;
  readonly startedAt: UtcText | null;
  readonly creditLogId: number | null;
  /** The operation by hand that it carries out; null for other commands. */
  readonly operationId: string | null;
}

const DETAIL_COLUMNS = [
  'c.expects',
  'c.witnesses',
  'c.answer',
  'c.caused_by as causedBy',
  'c.urgency',
  'c.started_at as startedAt',
  'c.credit_log_id as creditLogId',
  't.operation_id as operationId',
] as const;

export async function findCommand(db: Db, id: string): Promise<CommandDetail | undefined> {
  return selectCommands(db)
    .leftJoin('mod_creditbridge_command_terms as t', 't.command_id', 'c.id')
    .select(DETAIL_COLUMNS)
    .where('c.id', '=', id)
    .executeTakeFirst();
}
