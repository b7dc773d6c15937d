import { z } from 'zod';
import { localDate, timeZone, utcMoment, version } from './words.ts';

/** The states of an installation; shim and service act only while it is `paired`. */
export const installationStates = ['new', 'paired', 'inactive', 'copy-or-move', 'copy'] as const;
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

const seenDate = z.object({ date: localDate, zone: timeZone, at: utcMoment });

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
  actingAdmin: z.object({
    ok: z.boolean(),
    reason: z.string().optional(),
    /** Permissions that some command needs and the admin has not; on 9.x *Delete Invoice* for cancelling. */
    lacks: z.array(z.string()).default([]),
  }),
  /** Whether `AddCredit` itself was measured for `sharedConnection`, or a line of the activity log; null before. */
  measuredWith: z.enum(['AddCredit', 'LogActivity']).nullish().default(null),
  /** How WHMCS keeps money and notes, as the self-test last saw it: columns by table, kinds of the newest rows of tblaccounts. */
  books: z
    .object({
      columns: z.record(z.string(), z.array(z.string())),
      rows: z.array(
        z.object({ type: z.string(), way: z.string(), note: z.boolean(), count: z.int() }),
      ),
    })
    .nullish()
    .default(null),
  /** The active admins whose role has *Manage Credits*, and what that was found from; null from an older shim. */
  creditAdmins: z
    .object({ of: z.string(), ids: z.array(z.int()) })
    .nullish()
    .default(null),
  /** Whether configuration.php makes the invoices of 9.x editable (whmcs.md §0); null when that cannot be read. */
  mutation: z.boolean().nullish().default(null),
  /** The local date as web pages and the command line last saw it; each may have a zone of its own (whmcs.md §5). */
  dates: z.object({ web: seenDate.optional(), cli: seenDate.optional() }).default({}),
});
export type WhmcsSnapshot = z.infer<typeof whmcsSnapshot>;

/** What the service reads of the trials (columns `trial` and `trial_open`). */
export interface Trials {
  /** What the trials left for an admin to put right, in sentences; empty when nothing. */
  readonly left: string;
  /** A trial without a verdict: it is under way, or PHP died during it. */
  readonly open?: { readonly client: number; readonly begunAt: string };
  /** How credit comes back from an invoice; absent before that was tried. */
  readonly returns?: ReturnVerdict;
  /** The version of WHMCS with which credit before the mail about an invoice has passed its trial; it counts for that one alone. */
  readonly mailPassedWith?: string;
  /** The versions of WHMCS with which a trial that has a verdict was taken. */
  readonly versions: readonly string[];
}

/** The verdict of the trial of returning credit. It counts for that version of WHMCS alone. */
export interface ReturnVerdict {
  readonly version: string;
  /** ApplyCredit with a negative amount takes credit off an unpaid invoice. */
  readonly takesOff: boolean;
  /** What WHMCS does with an invoice's credit when the invoice is cancelled. */
  readonly cancelling: 'keeps' | 'returns' | 'unclear';
}

const left = z.string().default('').catch('');
const verdict = z.object({
  version: version.optional().catch(undefined),
  passed: z.boolean().default(false).catch(false),
  left,
  returns: z
    .object({
      version,
      takesOff: z.boolean().default(false),
      cancelling: z.enum(['keeps', 'returns', 'unclear']).default('unclear'),
      left,
    })
    .optional(),
});
const openTrial = z.object({ client: z.int(), begunAt: z.string() });

/** Reads the columns `trial` and `trial_open`; what cannot be read counts as absent. */
export function readTrials(verdicts: string | null, begun: string | null): Trials {
  const open = openTrial.safeParse(parsed(begun)).data;
  const read = verdict.safeParse(parsed(verdicts)).data;
  const { returns } = read ?? {};
  return {
    left: [read?.left, returns?.left].filter(Boolean).join(' '),
    versions: [...new Set([read?.version, returns?.version].filter((one) => one !== undefined))],
    ...(read?.passed === true && read.version !== undefined
      ? { mailPassedWith: read.version }
      : {}),
    ...(open === undefined ? {} : { open }),
    ...(returns === undefined ? {} : { returns }),
  };
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
