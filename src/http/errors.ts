import { type RefusalCode, refusals } from '../../bridge/index.ts';
import { Fault, StorageError } from '../base/index.ts';
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

/** Returns the code for a thrown value. */
export function codeOfFault(error: unknown): ReplyCode {
  if (error instanceof StorageError) return 'storage-unavailable';
  if (error instanceof Fault && error.retry) return 'storage-unavailable';
  return isDriverError(error) ? 'storage-unavailable' : 'internal-error';
}

/** Whether mysql2 threw it: the server is gone, refuses or gives up. Such errors have an error code. */
function isDriverError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return 'errno' in error || 'sqlState' in error || String(error.code).startsWith('PROTOCOL_');
}

function statusesOf(table: typeof refusals): Record<RefusalCode, number> {
  return Object.fromEntries(
    Object.entries(table).map(([code, refusal]) => [code, refusal.status]),
  ) as Record<RefusalCode, number>;
}
