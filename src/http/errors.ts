import { type RefusalCode, refusals } from '../../bridge/index.ts';
import { Fault, StorageError } from '../base/index.ts';
import { createReply, type Reply } from './send-reply.ts';

/** Every code a call can be answered with, and its status: the contract's refusals and our own bugs. */
const STATUSES: Readonly<Record<RefusalCode | 'internal-error', number>> = {
  ...statusesOf(refusals),
  'internal-error': 500,
};

export type ReplyCode = keyof typeof STATUSES;

/** The reply for a code. `message` is for the admin's page and holds no value out of the request. */
export function refusalReply(code: ReplyCode, message?: string): Reply {
  return createReply(STATUSES[code], code, message === undefined ? { code } : { code, message });
}

/** The code for something that was thrown. */
export function codeOfFault(error: unknown): ReplyCode {
  if (error instanceof StorageError) return 'storage-unavailable';
  if (error instanceof Fault && error.retry) return 'storage-unavailable';
  return isDriverError(error) ? 'storage-unavailable' : 'internal-error';
}

/** What mysql2 throws when the server is gone, refuses or gives up: always with an error code of its own. */
function isDriverError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return 'errno' in error || 'sqlState' in error || String(error.code).startsWith('PROTOCOL_');
}

function statusesOf(table: typeof refusals): Record<RefusalCode, number> {
  return Object.fromEntries(
    Object.entries(table).map(([code, refusal]) => [code, refusal.status]),
  ) as Record<RefusalCode, number>;
}
