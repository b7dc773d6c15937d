import { AUDIT_BEGINNING, auditDigest, auditLink } from '../../bridge/index.ts';
import type { Db } from '../db/index.ts';

/** Rows read at once. */
const PAGE_ROWS = 1000;

/** What the chain of the audit says about itself. */
export interface AuditChain {
  readonly rows: number;
  /** Rows whose text was blanked. */
  readonly blanked: number;
  /** When it was last pruned; UTC. */
  readonly prunedAt: string | undefined;
  /** The first row that does not follow from the one before it; nothing is known of the rows after it. */
  readonly broken: { readonly sequence: bigint; readonly why: string } | undefined;
}

/** Follows the audit row by row, from where it was pruned or from its beginning. */
export async function checkAudit(db: Db): Promise<AuditChain> {
  const anchor = await db
    .selectFrom('mod_creditbridge_audit_anchors')
    .select(['sequence', 'link', 'pruned_at'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  const prunedAt = anchor?.pruned_at;
  let last = { sequence: anchor?.sequence ?? 0n, link: anchor?.link ?? AUDIT_BEGINNING };
  let rows = 0;
  let blanked = 0;
  for (;;) {
    const page = await pageBehind(db, last.sequence);
    for (const row of page) {
      const why = whyBroken(last, row);
      if (why !== undefined) {
        return { rows, blanked, prunedAt, broken: { sequence: row.sequence, why } };
      }
      rows += 1;
      if (row.salt === null) blanked += 1;
      last = row;
    }
    if (page.length < PAGE_ROWS) return { rows, blanked, prunedAt, broken: undefined };
  }
}

function pageBehind(db: Db, sequence: bigint) {
  return db
    .selectFrom('mod_creditbridge_audit')
    .selectAll()
    .where('sequence', '>', sequence)
    .orderBy('sequence')
    .limit(PAGE_ROWS)
    .execute();
}

type Row = Awaited<ReturnType<typeof pageBehind>>[number];

function whyBroken(
  before: { readonly sequence: bigint; readonly link: Buffer },
  row: Row,
): string | undefined {
  if (row.sequence !== before.sequence + 1n) return 'rows before it are missing';
  if (!row.link.equals(auditLink(before.link, row))) return 'it, or what it follows, was changed';
  const isBlank = row.salt === null && row.details === '';
  const isAsWritten = row.salt !== null && row.digest.equals(auditDigest(row.salt, row.details));
  return isBlank || isAsWritten ? undefined : 'its text was changed';
}
