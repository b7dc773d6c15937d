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

const CURSOR_WANTED =
  'That is no cursor: send `next` of the page before as it is, or none to begin at the newest.';
/** As lists of entries and grants go on. */
export const sequenceCursor = z.string().regex(/^\d{1,18}$/, CURSOR_WANTED);
/** As proposals go on. */
export const uuidCursor = z.guid(CURSOR_WANTED);

/** What every list takes. A cursor that was mangled is refused: from the beginning again, a program would go round for ever. */
export function pagedBy<Cursor extends z.ZodType<string>>(cursor: Cursor) {
  return { cursor: cursor.optional(), limit } as const;
}

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
export const uuidParams = z.strictObject({
  id: z.guid('A UUID is wanted, such as 01977e5c-9a3b-7c44-8d21-5f0e6a7b8c9d.'),
});
