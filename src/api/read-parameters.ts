import { z } from 'zod';
import { READ_LIMIT_MAX } from '../ledger/index.ts';
import { day, entryKind, grantKind, rowId, sequence } from './schemas.ts';

/** Parameters of addresses: texts that become what they say. */

export const idText = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, 'A number from 1 to 4294967295 is wanted.')
  .transform(Number)
  .pipe(rowId);

const USUAL_LIMIT = 50;
const limit = z
  .string()
  .regex(/^\d{1,4}$/, `A number from 1 to ${READ_LIMIT_MAX} is wanted.`)
  .transform(Number)
  .pipe(z.int().min(1).max(READ_LIMIT_MAX))
  .default(USUAL_LIMIT);

export const paging = {
  cursor: z.string().max(100).optional(),
  limit,
} as const;

/** What entries can be narrowed to. */
export const entryQuery = {
  client: idText.optional(),
  invoice: idText.optional(),
  kind: entryKind.optional(),
  from: day.optional(),
  to: day.optional(),
} as const;

/** What grants can be narrowed to. */
export const grantQuery = {
  client: idText.optional(),
  kind: grantKind.optional(),
  remaining: z
    .stringbool({ truthy: ['true'], falsy: ['false'] })
    .optional()
    .describe('Only those with something left.'),
} as const;

export const none = z.strictObject({});
export const clientParams = z.strictObject({ clientId: idText });
export const sequenceParams = z.strictObject({ sequence });
export const grantParams = z.strictObject({ id: sequence });
export const uuidParams = z.strictObject({ id: z.guid() });
