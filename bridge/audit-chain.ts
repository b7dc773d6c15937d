import { createHash } from 'node:crypto';

/**
 * The audit is a chain: each row carries a link made of the row before it and of itself, so a row that is changed, left out or put
 * in between shows (README.md, "The audit"). The text of a row is in the link only by its salted digest. So it can be blanked, salt and
 * all, and nobody can guess from the digest what it said.
 */
export interface AuditRow {
  readonly sequence: bigint;
  readonly id: string;
  readonly actor: string;
  readonly act: string;
  readonly target: string;
  /** `YYYY-MM-DD HH:MM:SS.ffffff`, UTC. */
  readonly at: string;
  readonly digest: Buffer;
}

export const AUDIT_SALT_BYTES = 16;

/** The link before the first row. */
export const AUDIT_BEGINNING: Buffer = Buffer.alloc(32);

export function auditDigest(salt: Buffer, details: string): Buffer {
  return createHash('sha256').update(salt).update(details).digest();
}

export function auditLink(before: Buffer, row: AuditRow): Buffer {
  const said = [row.sequence, row.id, row.actor, row.act, row.target, row.at].join('\0');
  return createHash('sha256').update(before).update(said).update('\0').update(row.digest).digest();
}
