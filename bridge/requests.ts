import { z } from 'zod';
import { defineRequest } from './envelope.ts';
import { type IdentifiedItem, isIdentifiedItem } from './item.ts';
import { BATCH_MAX_ITEMS } from './limits.ts';
import { count, localDate, timeZone, version } from './words.ts';

/** Hooks that fired. `deliveryItem` reads each item separately. */
export const deliveriesRequest = defineRequest('POST /v1/deliveries', {
  items: z
    .array(z.custom<IdentifiedItem>(isIdentifiedItem, 'An item is an object with an id.'))
    .min(1)
    .max(BATCH_MAX_ITEMS),
});
export type DeliveriesRequest = z.infer<typeof deliveriesRequest.schema>;

/** The shim asks which hooks to register. */
export const manifestRequest = defineRequest('POST /v1/manifest', {});
export type ManifestRequest = z.infer<typeof manifestRequest.schema>;

/** The shim asks whether the service sees the same database. */
export const pairRequest = defineRequest('POST /v1/pair', {
  nonceHash: z.hash('sha256'),
  shim: version,
  whmcs: version,
  schema: count,
});
export type PairRequest = z.infer<typeof pairRequest.schema>;

/** The shim asks, from a cron hook, for the daily run of a date in WHMCS's zone. */
export const runRequest = defineRequest('POST /v1/run', {
  date: localDate,
  zone: timeZone,
  moment: z.enum(['PreCronJob', 'AfterCronJob', 'DailyCronJob']),
});
export type RunRequest = z.infer<typeof runRequest.schema>;

/** The service tells the shim that there is work. */
export const doorbellRequest = defineRequest('POST /modules/addons/creditbridge/doorbell.php', {});
export type DoorbellRequest = z.infer<typeof doorbellRequest.schema>;
