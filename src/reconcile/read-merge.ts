import { z } from 'zod';
import type { Merge } from './ports.ts';

const clientId = z.coerce.number().int();
const mergeItem = z.object({ data: z.object({ fromUserID: clientId, toUserID: clientId }) });

/**
 * The clients that an AfterClientMerge names (whmcs.md §4.5); null when it names none.
 *
 * @throws {SyntaxError | z.ZodError} for an item that can't be read.
 */
export function readMerge(item: string): Merge | null {
  const { fromUserID, toUserID } = mergeItem.parse(JSON.parse(item)).data;
  if (fromUserID <= 0 || toUserID <= 0) return null;
  return { fromClientId: fromUserID, toClientId: toUserID };
}
