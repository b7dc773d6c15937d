import { z } from 'zod';
import { creditSettings } from './command.ts';
import { localDate, timeZone, utcMoment, version } from './words.ts';

/** The states of an installation; shim and service act only while it is `paired`. */
export const installationStates = ['new', 'paired', 'copy-or-move', 'copy'] as const;
export type InstallationState = (typeof installationStates)[number];

/** WHMCS's settings that the snapshot carries. */
export const snapshotSettings = [...creditSettings, 'EnableMassPay'] as const;

/** A stored value, or null where the row is missing: fresh installs may lack it (whmcs.md §8, 23). */
const settingValue = z.string().nullable();

/**
 * The `whmcs` column of the settings row: what the shim last saw of its surroundings. Members the service
 * does not know are dropped, because a newer shim may write more.
 */
export const whmcsSnapshot = z.object({
  version,
  zone: timeZone,
  date: localDate,
  systemUrl: z.string(),
  settings: z.record(z.enum(snapshotSettings), settingValue),
  /** When `AfterCronJob` last ran; null before the first time. */
  lastCronAt: utcMoment.nullable(),
  php: version,
  /** Whether `localAPI` writes on Capsule's connection; null until the self-test measured it. */
  sharedConnection: z.boolean().nullable(),
  /** Storage engine by table name. */
  engines: z.record(z.string(), z.string()),
  actingAdmin: z.object({ ok: z.boolean(), reason: z.string().optional() }),
});
export type WhmcsSnapshot = z.infer<typeof whmcsSnapshot>;
