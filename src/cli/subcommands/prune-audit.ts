import { exitCodes } from '../../config/index.ts';
import { connect } from '../../db/index.ts';
import { pruneAudit } from '../../operations/index.ts';
import type { Command } from '../command-context.ts';
import { ownerUrl } from '../owner-url.ts';

const DAY_MS = 86_400_000;

export interface PruneAuditOptions {
  readonly keepDays: number;
}

/** Deletes old rows of the audit, with the account that may: the service's may not. */
export const pruneAuditCommand: Command<PruneAuditOptions> = async ({ keepDays }, context) => {
  const { terminal } = context;
  const db = connect(await ownerUrl(context), 1);
  try {
    const now = new Date();
    const before = new Date(now.getTime() - keepDays * DAY_MS);
    const rows = await pruneAudit(db, before, now);
    terminal.out(`Deleted ${rows} rows of the audit that were older than ${keepDays} days.`);
    return exitCodes.ok;
  } finally {
    await db.destroy();
  }
};
