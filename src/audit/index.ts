/** The audit of what was done by hand, and of what a rule does that only an admin may undo. */
export { type AuditRow, writeAudit } from './write-audit.ts';
