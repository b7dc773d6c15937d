import { z } from 'zod';
import { DATA_MAX_MEMBERS } from './limits.ts';
import {
  answerMode,
  fieldName,
  hookName,
  localDate,
  timeZone,
  utcMoment,
  uuid,
  version,
} from './words.ts';

/** A value of `data`, as WHMCS gave it. Arrays and objects never leave WHMCS. */
export const fieldValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type FieldValue = z.infer<typeof fieldValue>;

/**
 * A hook that fired, as the spool keeps it. The schema of its hook reads `data` later
 * (`hookOf(item.type)?.data`), so that an item of an unknown type can be stored and shown.
 */
export const deliveryItem = z.strictObject({
  id: uuid,
  type: hookName,
  timestamp: utcMoment,
  answer: answerMode,
  shim: version,
  whmcs: z.strictObject({ version, date: localDate, zone: timeZone }),
  data: z
    .record(fieldName, fieldValue)
    .refine((data) => Object.keys(data).length <= DATA_MAX_MEMBERS, {
      error: `data has at most ${DATA_MAX_MEMBERS} members.`,
    }),
  causedBy: uuid.optional(),
});
export type DeliveryItem = z.infer<typeof deliveryItem>;

/** An item with an id, which is all that the reply needs to name it. */
export interface IdentifiedItem {
  readonly id: string;
}

/** Made once: zod compiles a schema at its first use, which costs as much as the rest of reading an item. */
const identified = z.looseObject({ id: uuid });

/**
 * Whether a value is an object with the id of an item. A batch keeps its items unread, so that a broken one
 * is refused alone and two deliveries of one item can be compared in full.
 */
export function isIdentifiedItem(value: unknown): value is IdentifiedItem {
  return identified.safeParse(value).success;
}
