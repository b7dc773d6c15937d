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
}

const DETAIL_COLUMNS = [
  'c.expects',
  'c.witnesses',
  'c.answer',
  'c.caused_by as causedBy',
  'c.urgency',
  'c.started_at as startedAt',
  'c.credit_log_id as creditLogId',
] as const;

export async function findCommand(db: Db, id: string): Promise<CommandDetail | undefined> {
  return selectCommands(db).select(DETAIL_COLUMNS).where('c.id', '=', id).executeTakeFirst();
}
