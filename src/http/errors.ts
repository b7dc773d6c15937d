import { type RefusalCode, refusals } from '../../bridge/index.ts';
import { Fault, StorageError } from '../base/index.ts';
import { databaseTrouble, isConflict } from '../db/index.ts';
import { createReply, type Reply } from './send-reply.ts';

/** Every code of a reply, and its status: the contract's refusals and our own faults. */
const STATUSES: Readonly<Record<RefusalCode | 'internal-error', number>> = {
  ...statusesOf(refusals),
  'internal-error': 500,
};

export type ReplyCode = keyof typeof STATUSES;

/** Makes the reply for a code. `message` is for the admin's page and contains no value from the request. */
export function refusalReply(code: ReplyCode, message?: string): Reply {
  return createReply(STATUSES[code], code, message === undefined ? { code } : { code, message });
}

/**
 * Returns the code for a thrown value. A statement that the database refuses for its own sake is a fault of the service, which
 * no waiting mends.
 */
export function codeOfFault(error: unknown): ReplyCode {
  if (error instanceof StorageError) return 'storage-unavailable';
  if (error instanceof Fault && error.retry) return 'storage-unavailable';
  return databaseTrouble(error) !== undefined || isConflict(error)
    ? 'storage-unavailable'
    : 'internal-error';
}

function statusesOf(table: typeof refusals): Record<RefusalCode, number> {
  return Object.fromEntries(
    Object.entries(table).map(([code, refusal]) => [code, refusal.status]),
  ) as Record<RefusalCode, number>;
}
