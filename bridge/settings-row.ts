import { z } from 'zod';
import { localDate, timeZone, utcMoment, version } from './words.ts';

/** The states of an installation; shim and service act only while it is `paired`. */
export const installationStates = ['new', 'paired', 'copy-or-move', 'copy'] as const;
export type InstallationState = (typeof installationStates)[number];

/** A stored value, or null where the row is missing: fresh installs may lack it (whmcs.md §8, 23). */
const settingValue = z.string().nullable().default(null);

/** The credit settings (whmcs.md §1.1) and mass payment (§1.2), as WHMCS stores them. */
export const whmcsSettings = z.object({
  AddFundsEnabled: settingValue,
  AddFundsMinimum: settingValue,
  AddFundsMaximum: settingValue,
  AddFundsMaximumBalance: settingValue,
  AddFundsRequireOrder: settingValue,
  NoAutoApplyCredit: settingValue,
  CreditOnDowngrade: settingValue,
  EnableMassPay: settingValue,
});
export type WhmcsSettings = z.infer<typeof whmcsSettings>;

/**
 * The `whmcs` column of the settings row: what the shim last saw of its surroundings. Members the service
 * does not know are dropped, because a newer shim may write more.
 */
export const whmcsSnapshot = z.object({
  version,
  zone: timeZone,
  date: localDate,
  /** The database's clock when WHMCS's date was read. */
  dateReadAt: utcMoment,
  systemUrl: z.string(),
  settings: whmcsSettings,
  /** When `AfterCronJob` last ran; null before the first time. */
  lastCronAt: utcMoment.nullable(),
  php: version,
  /**
   * Whether `localAPI` writes on Capsule's connection; null until the self-test measured it, and again when engines,
   * WHMCS's or the server's version or the connection's settings change.
   */
  sharedConnection: z.boolean().nullable(),
  /** Storage engine by table name. */
  engines: z.record(z.string(), z.string()),
  /** Where and since when another module's `autocommit = 0` was found on WHMCS's connection, within the last day. */
  autocommitOff: z
    .object({ since: utcMoment, seenAt: utcMoment, where: z.string() })
    .nullish()
    .default(null),
  actingAdmin: z.object({ ok: z.boolean(), reason: z.string().optional() }),
});
export type WhmcsSnapshot = z.infer<typeof whmcsSnapshot>;

/** What the service reads of the trial invoice (columns `trial` and `trial_open`). */
export interface Trials {
  /** What the last trial left for an admin to put right, in sentences; empty when nothing. */
  readonly left: string;
  /** A trial without a verdict: it is under way, or PHP died during it. */
  readonly open?: { readonly client: number; readonly begunAt: string };
}

const trial = z.object({ left: z.string().default('') });
const openTrial = z.object({ client: z.int(), begunAt: z.string() });

/** Reads the columns `trial` and `trial_open`; what cannot be read counts as absent. */
export function readTrials(verdict: string | null, begun: string | null): Trials {
  const open = openTrial.safeParse(parsed(begun)).data;
  const left = trial.safeParse(parsed(verdict)).data?.left ?? '';
  return open === undefined ? { left } : { left, open };
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

/** Reads the `whmcs` column; undefined before the shim first wrote it, and when what it holds is no snapshot. */
export function readSnapshot(text: string): WhmcsSnapshot | undefined {
  return whmcsSnapshot.safeParse(parsed(text)).data;
}
