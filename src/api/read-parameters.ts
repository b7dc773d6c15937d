import { z } from 'zod';
import { READ_LIMIT_MAX } from '../ledger/index.ts';
import { day, entryKind, grantKind, rowId, sequence } from './schemas.ts';

/** Parameters of addresses: texts, converted to their types. */

export const idText = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, 'A number from 1 to 4294967295 is wanted.')
  .transform(Number)
  .pipe(rowId);

const USUAL_LIMIT = 50;
const LIMIT_WANTED = `A number from 1 to ${READ_LIMIT_MAX} is wanted.`;
const limit = z
  .string()
  .regex(/^\d{1,4}$/, LIMIT_WANTED)
  .transform(Number)
  .pipe(z.int().min(1, LIMIT_WANTED).max(READ_LIMIT_MAX, LIMIT_WANTED))
  .default(USUAL_LIMIT)
  .describe(`Rows of one answer, at most ${READ_LIMIT_MAX}.`);

const CURSOR_WANTED =
  'That is no cursor: give the `next` of the answer before as it is, or none to begin at the newest.';
/** Cursor of lists of entries and grants. */
export const sequenceCursor = z.string().regex(/^\d{1,18}$/, CURSOR_WANTED);
/** Cursor of the list of proposals. */
export const uuidCursor = z.guid(CURSOR_WANTED);

/** Parameters of every list. A wrong cursor is refused: starting again at the newest would make a program loop forever. */
export function pagedBy<Cursor extends z.ZodType<string>>(cursor: Cursor) {
  return {
    cursor: cursor.optional().describe('Goes on where the answer before ended.'),
    limit,
  } as const;
}

/** Filters of entries. */
export const entryQuery = {
  client: idText.optional().describe('Only of this client.'),
  invoice: idText.optional().describe('Only of this invoice.'),
  kind: entryKind.optional().describe('Only of this kind.'),
  from: day.optional().describe('From this day on, YYYY-MM-DD.'),
  to: day.optional().describe('Up to this day, YYYY-MM-DD.'),
} as const;

/** Filters of grants. */
export const grantQuery = {
  client: idText.optional().describe('Only of this client.'),
  kind: grantKind.optional().describe('Only of this kind.'),
  remaining: z
    .stringbool({ truthy: ['true'], falsy: ['false'] })
    .optional()
    .describe('Only those with something left.'),
} as const;

export const dayQuery = { day: day.describe("WHMCS's local day, YYYY-MM-DD.") } as const;

export const none = z.strictObject({});
export const clientParams = z.strictObject({ clientId: idText.describe('Number of the client.') });
export const invoiceParams = z.strictObject({
  invoiceId: idText.describe('Number of the invoice.'),
});
export const sequenceParams = z.strictObject({
  sequence: sequence.describe('Number of the entry.'),
});
export const grantParams = z.strictObject({ id: sequence.describe('Number of the grant.') });
export const uuidParams = z.strictObject({
  id: z
    .guid('A UUID is wanted, such as 01977e5c-9a3b-7c44-8d21-5f0e6a7b8c9d.')
    .describe('Its id, as the answer to the operation and the lists have it.'),
});
