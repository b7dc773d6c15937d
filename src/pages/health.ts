import { readSnapshot, readTrials, type WhmcsSnapshot } from '../../bridge/index.ts';
import type { EpochInfo } from '../ledger/index.ts';
import { type HostRow, whyNotPaired } from '../pairing/index.ts';
import { type DayDoubt, tellDoubt } from '../today/index.ts';
import { duration, parseUtc } from './html/moment.ts';
import { count, groupThousands, type Level } from './html/parts.ts';
import type { CommandCounts } from './queries/commands.ts';
import type { Backlog } from './queries/health.ts';
import type { Installation } from './queries/installation.ts';
import type { Capped } from './queries/paging.ts';
import type { RefusedCalls } from './queries/refused-calls.ts';
import type { FaultRow } from './queries/rule-faults.ts';
import type { OpenCounts } from './screens/overview-page.sql.ts';
import type { WhmcsConflict } from './whmcs-conflict.ts';

/** One thing that must be right for credit to move: its state, and what to do when it is wrong. */
export interface HealthCheck {
  readonly name: string;
  readonly level: Level;
  readonly says: string;
  readonly remedy?: string;
  /** The page where it is put right. */
  readonly where?: {
    readonly page: string;
    readonly title: string;
    readonly parameters?: Readonly<Record<string, string>>;
  };
}

export interface HealthFacts {
  readonly installation: Installation;
  readonly hosts: readonly Pick<HostRow, 'name' | 'waitsSince'>[];
  readonly backlog: Backlog;
  readonly commands: CommandCounts;
  /** Commands that WHMCS could have carried out for {@link NEGLECTED_SECONDS} and did not. */
  readonly neglected: number;
  /** Calls to the service that were not believed, the last ones; undefined when there were none. */
  readonly refusedCalls: RefusedCalls | undefined;
  readonly faults: readonly FaultRow[];
  /** WHMCS's settings that keep rules from working, by the rule's title. */
  readonly conflicts: readonly (WhmcsConflict & { readonly rule: string })[];
  readonly refused: Capped;
  /** The state of the ledger and what needs an admin; undefined where another check covers it. */
  readonly ledger?: { readonly epoch: EpochInfo | undefined; readonly open: OpenCounts };
  /** Why WHMCS's date is not believed; null when it is. */
  readonly doubt: DayDoubt | null;
  /** Tokens of the API that stop working soon. */
  readonly expiring: readonly { readonly name: string; readonly expiresAt: string }[];
  readonly serviceVersion: string;
  readonly now: Date;
}

/** A backlog older than this is an alert: credit is not applied meanwhile, and WHMCS may suspend services (design, section 12). */
const BACKLOG_ALERT_SECONDS = 15 * 60;
/** As long as three calls of cron: whoever carries commands out has had the time. */
export const NEGLECTED_SECONDS = 15 * 60;
/** Calls that were refused longer ago are over, or they come seldom. */
const REFUSED_CALLS_SECONDS = 10 * 60;
/** WHMCS's cron is meant to run every five minutes (whmcs.md §6); three missed calls are no accident. */
const CRON_LATE_SECONDS = 20 * 60;

/** A trial takes seconds; its process has died when it has no verdict after this time. */
const TRIAL_MS = 60_000;

/** Looks at everything; what is wrong comes first. */
export function checkHealth(facts: HealthFacts): readonly HealthCheck[] {
  const snapshot = readSnapshot(facts.installation.whmcs);
  const checks = [
    pairing(facts.installation),
    hosts(facts.hosts),
    frozen(facts.installation),
    connection(facts),
    backlog(facts),
    cron(snapshot, facts.now),
    date(facts.doubt),
    commands(facts),
    refusedCalls(facts),
    ...ledger(facts.ledger),
    rules(facts.faults),
    ...facts.conflicts.map(
      ({ rule, says, remedy }): HealthCheck => ({ name: rule, level: 'warn', says, remedy }),
    ),
    refused(facts.refused),
    tokens(facts.expiring),
    trial(facts),
    trialsOfBefore(facts.installation, snapshot),
    ...whmcs(snapshot),
  ];
  const order: Readonly<Record<Level, number>> = { bad: 0, warn: 1, idle: 2, good: 3 };
  return checks
    .filter((check) => check !== undefined)
    .toSorted((a, b) => order[a.level] - order[b.level]);
}

function tokens(expiring: HealthFacts['expiring']): HealthCheck | undefined {
  if (expiring.length === 0) return undefined;
  const named = expiring.map(({ name, expiresAt }) => `“${name}” on ${expiresAt.slice(0, 10)}`);
  return {
    name: 'API tokens',
    level: 'warn',
    says: `These stop working: ${named.join(', ')}.`,
    remedy: 'Make new ones under API tokens, and give them to the programs that use these.',
  };
}

function pairing({ state }: Installation): HealthCheck {
  const name = 'Pairing';
  const apart = whyNotPaired(state);
  if (apart === undefined) {
    return { name, level: 'good', says: 'Addon and service see the same database.' };
  }
  const { says, remedy, isWanted } = apart;
  return { name, level: isWanted ? 'warn' : 'bad', says, remedy };
}

function hosts(rows: HealthFacts['hosts']): HealthCheck {
  const name = 'Hosts';
  const names = (those: HealthFacts['hosts']) =>
    [...new Set(those.map((host) => host.name))].join(', ');
  const waiting = rows.filter(({ waitsSince }) => waitsSince !== null);
  return waiting.length === 0
    ? { name, level: 'good', says: `At work: ${names(rows) || 'none seen yet'}.` }
    : {
        name,
        level: 'warn',
        says: `${names(waiting)} may not work yet: the database server that it sees is not known.`,
        remedy:
          'It joins when another host shows that it uses the same database. If it does not, open Connection on the addon page, on that host.',
      };
}

function frozen(installation: Installation): HealthCheck | undefined {
  return installation.frozen
    ? {
        name: 'Freeze',
        level: 'bad',
        says: 'Everything is frozen. Decisions are made, but no command runs.',
        remedy: 'Unfreeze under Connection on the addon page when the reason for it is gone.',
      }
    : undefined;
}

function connection({ installation, serviceVersion, now }: HealthFacts): HealthCheck {
  const name = 'Service';
  const until = installation.breakerOpenUntil;
  if (until !== null && parseUtc(until) > now) {
    return {
      name,
      level: 'warn',
      says: `Version ${serviceVersion} answers again, but ${installation.breakerHost === '' ? 'WHMCS' : `host ${installation.breakerHost}`} has paused its calls: ${installation.breakerReason || 'calls had failed'}.`,
      remedy: `It tries again in ${duration((parseUtc(until).getTime() - now.getTime()) / 1000)}. If this repeats, look at the service’s log.`,
    };
  }
  return { name, level: 'good', says: `Version ${serviceVersion} answers.` };
}

function backlog({ backlog: { waiting, oldestAt, lastError }, now }: HealthFacts): HealthCheck {
  const name = 'Backlog';
  if (oldestAt === null) {
    return { name, level: 'good', says: 'Every hook was delivered.' };
  }
  const age = (now.getTime() - parseUtc(oldestAt).getTime()) / 1000;
  const says = `${groupThousands(waiting.count)}${waiting.more ? '+' : ''} waiting, the oldest for ${duration(Math.max(age, 0))}.`;
  if (age < BACKLOG_ALERT_SECONDS) {
    return { name, level: 'idle', says };
  }
  return {
    name,
    level: 'bad',
    says: lastError === '' ? says : `${says} Last error: ${lastError}`,
    remedy:
      'Credit is not applied meanwhile, and WHMCS may suspend services. Check that WHMCS’s cron runs and that the service can be reached.',
  };
}

function cron(snapshot: WhmcsSnapshot | undefined, now: Date): HealthCheck {
  const name = 'WHMCS cron';
  const at = snapshot?.lastCronAt ?? null;
  if (at === null) {
    return {
      name,
      level: 'warn',
      says: 'Not seen yet.',
      remedy: 'Let WHMCS’s cron run every five minutes; the daily run depends on it.',
    };
  }
  const age = Math.max((now.getTime() - Date.parse(at)) / 1000, 0);
  const says = `Ran ${duration(age)} ago.`;
  if (age < CRON_LATE_SECONDS) {
    return { name, level: 'good', says };
  }
  return {
    name,
    level: 'bad',
    says,
    remedy:
      'It must run every five minutes: see the crontab of the web server’s user, and Automation Status in WHMCS. Runs catch up by date once it is back.',
  };
}

function date(doubt: DayDoubt | null): HealthCheck | undefined {
  return doubt === null
    ? undefined
    : {
        name: 'Date',
        level: 'bad',
        says: tellDoubt(doubt),
        remedy: `If ${doubt.date} is right, confirm it on the Overview or by “creditbridge today --confirm ${doubt.date}”. If it is wrong, correct the clock; the question goes away with the next call of WHMCS’s cron.`,
      };
}

function commands({ commands: { open, unknown }, neglected }: HealthFacts): HealthCheck {
  const name = 'Commands';
  if (neglected > 0) {
    return {
      name,
      level: 'bad',
      says: `${groupThousands(neglected)} ${neglected === 1 ? 'waits' : 'wait'} for more than ${duration(NEGLECTED_SECONDS)}, and nobody in WHMCS carries ${neglected === 1 ? 'it' : 'them'} out: neither the worker, nor cron, nor the doorbell.`,
      remedy:
        'Check that worker.php runs (systemctl status creditbridge-worker, or the crontab of the web server’s user) and what it prints, that WHMCS’s cron runs, and that CREDITBRIDGE_WHMCS_URL is set in the settings of the service.',
      where: { page: 'commands', title: 'Commands that wait', parameters: { state: 'open' } },
    };
  }
  if (unknown.count > 0) {
    return {
      name,
      level: 'warn',
      says: `The outcome of ${unknown.count}${unknown.more ? '+' : ''} is not known.`,
      remedy:
        'Commands in doubt, on the addon page, shows what WHMCS had before and has now; say there whether it was done. It is never repeated automatically, and the credit it holds stays held.',
      where: { page: 'commands', title: 'Commands in doubt', parameters: { state: 'unknown' } },
    };
  }
  return {
    name,
    level: 'good',
    says:
      open.count === 0
        ? 'None waiting.'
        : `${groupThousands(open.count)}${open.more ? '+' : ''} waiting for WHMCS.`,
  };
}

/** Whoever signs with another secret gets no further than this, so the pages cannot show more of it. */
function refusedCalls({ refusedCalls: last, now }: HealthFacts): HealthCheck | undefined {
  if (last === undefined) return undefined;
  const age = Math.max((now.getTime() - last.at.getTime()) / 1000, 0);
  if (age > REFUSED_CALLS_SECONDS) return undefined;
  return {
    name: 'Refused calls',
    level: 'bad',
    says: `A call to the service was refused ${duration(age)} ago (${last.code}).`,
    remedy: last.code.startsWith('timestamp')
      ? 'The clocks of WHMCS and of the service differ by more than five minutes: keep both on NTP.'
      : 'A host of WHMCS signs with other secrets than the service has, or a proxy changes its calls: press Show the secrets under Connection on the addon page and put both lines into the settings of the service. Or somebody else calls this port: see who can reach it.',
  };
}

function ledger(facts: HealthFacts['ledger']): readonly (HealthCheck | undefined)[] {
  if (facts === undefined) return [];
  const { drifts, findings } = facts.open;
  return [
    ledgerState(facts.epoch),
    drifts.count === 0
      ? undefined
      : {
          name: 'Differences',
          level: 'warn',
          says: `WHMCS and the ledger differ about ${count(drifts)} ${drifts.count === 1 ? 'client' : 'clients'}.`,
          remedy: 'Their credit is used up to the smaller figure until you say what happened.',
          where: { page: 'drifts', title: 'Balances that differ' },
        },
    findings.count === 0
      ? undefined
      : {
          name: 'What hooks missed',
          level: 'warn',
          says: `${count(findings)} ${findings.count === 1 ? 'thing needs' : 'things need'} an admin.`,
          where: { page: 'findings', title: 'What hooks missed' },
        },
  ];
}

function ledgerState(epoch: EpochInfo | undefined): HealthCheck {
  const name = 'Ledger';
  switch (epoch?.state) {
    case 'following':
      return { name, level: 'good', says: 'It has every row of WHMCS’s credit log.' };
    case 'stopped':
      return {
        name,
        level: 'bad',
        says: epoch.reason,
        remedy: 'Say under Connection on the addon page whether the database was restored.',
      };
    default:
      return { name, level: 'idle', says: progress(epoch) };
  }
}

/** How far the log was read for the first time. Invoices are paid meanwhile; work that needs grants waits. */
function progress(epoch: EpochInfo | undefined): string {
  if (epoch === undefined) return 'It has not started; it reads WHMCS’s credit log first.';
  const { rowsImported: rows, rowsLeft: left } = epoch;
  if (left === 0n)
    return `The credit log is read (${groupThousands(rows)} rows); opening the accounts.`;
  const of = rows + left;
  return `Reading WHMCS’s credit log: ${(rows * 100n) / of} %, ${groupThousands(rows)} of about ${groupThousands(of)} rows.`;
}

function rules(faults: readonly FaultRow[]): HealthCheck {
  const paused = faults.filter((fault) => fault.pausedAt !== null).map((fault) => fault.rule);
  return paused.length === 0
    ? { name: 'Rules', level: 'good', says: 'None is paused.' }
    : {
        name: 'Rules',
        level: 'bad',
        says: `Paused after repeated faults: ${paused.join(', ')}. What such a rule limits is not done meanwhile.`,
        remedy:
          'See the fault under Rules, correct it, and resume the rule; or turn it off, which lifts its limits.',
        where: { page: 'rules', title: 'Rules' },
      };
}

function refused(capped: Capped): HealthCheck | undefined {
  return capped.count === 0
    ? undefined
    : {
        name: 'Refused deliveries',
        level: 'warn',
        says: `${capped.count}${capped.more ? '+' : ''} in the last seven days.`,
        remedy: 'See the reason; replay them when it is gone.',
        where: {
          page: 'deliveries',
          title: 'Refused deliveries',
          parameters: { outcome: 'refused' },
        },
      };
}

/** A trial of the shim that died leaves a test invoice, or 0.01 on it or on the client's balance. */
function trial({ installation, now }: HealthFacts): HealthCheck | undefined {
  const name = 'Trial invoice';
  const { left, open } = readTrials(installation.trial, installation.trialOpen);
  if (open !== undefined && now.getTime() - parseUtc(open.begunAt).getTime() > TRIAL_MS) {
    return {
      name,
      level: 'warn',
      says: `The trial with client ${open.client}, begun at ${open.begunAt} UTC, was cut off. It may have left a test invoice, 0.01 of credit on it, or 0.01 on the client’s balance.`,
      remedy:
        'WHMCS’s cron and the worker clean up by themselves. If this stays, Connection on the addon page says what is there and why it is not cleaned up.',
    };
  }
  return left === ''
    ? undefined
    : {
        name,
        level: 'warn',
        says: `The trial left something to do by hand. ${left}`,
        remedy: 'Then run the trial again under Connection on the addon page.',
      };
}

/** A verdict counts for one version of WHMCS alone; after an upgrade the Connection page asks for trials again. */
function trialsOfBefore(
  { trial: verdicts }: Installation,
  snapshot: WhmcsSnapshot | undefined,
): HealthCheck | undefined {
  const { versions } = readTrials(verdicts, null);
  const old = versions.filter((one) => one !== snapshot?.version);
  if (snapshot === undefined || old.length === 0) return undefined;
  return {
    name: 'Trials',
    level: 'warn',
    says: `WHMCS is ${snapshot.version} now; trials were taken with ${old.join(' and ')}. What rests on them is off: credit that leaves an invoice, credit before the mail, invoices that add credit.`,
    remedy:
      'Take them again under Connection on the addon page, which says what stays in your books.',
  };
}

function whmcs(snapshot: WhmcsSnapshot | undefined): readonly HealthCheck[] {
  if (snapshot === undefined) {
    return [
      {
        name: 'WHMCS',
        level: 'warn',
        says: 'The addon has not reported its environment yet.',
        remedy: 'It does so at the next cron call.',
      },
    ];
  }
  const other = Object.entries(snapshot.engines).filter(([, engine]) => engine !== 'InnoDB');
  return [
    { name: 'WHMCS', level: 'good', says: `Version ${snapshot.version} on PHP ${snapshot.php}.` },
    other.length === 0
      ? { name: 'Database engine', level: 'good', says: 'All tables that matter are InnoDB.' }
      : {
          name: 'Database engine',
          level: 'bad',
          says: `Without transactions: ${other.map(([table, engine]) => `${table} (${engine})`).join(', ')}.`,
          remedy:
            'Convert them to InnoDB after a backup: ALTER TABLE … ENGINE=InnoDB. Until then, whether a command was done is judged by its traces in WHMCS.',
        },
    snapshot.sharedConnection === true
      ? {
          name: 'One transaction',
          level: 'good',
          says: 'Credit and its record are written together.',
        }
      : {
          name: 'One transaction',
          level: snapshot.sharedConnection === null ? 'idle' : 'warn',
          says:
            snapshot.sharedConnection === null
              ? 'Not measured for the tables, server and connection as they are now: whether a command was done is judged by its traces in WHMCS.'
              : 'WHMCS’s API writes on another connection, or a table that it writes has no transactions: whether a command was done is judged by its traces in WHMCS.',
          remedy: 'Run the self-test under Connection on the addon page.',
        },
    ...autocommit(snapshot),
    snapshot.actingAdmin.ok
      ? { name: 'Acting admin', level: 'good', says: 'Active and permitted.' }
      : {
          name: 'Acting admin',
          level: 'bad',
          says: snapshot.actingAdmin.reason ?? 'Commands cannot run in this admin’s name.',
          remedy:
            'Choose an active admin whose role has API Access and Manage Credits in the addon’s configuration.',
        },
  ];
}

function autocommit({ autocommitOff: note }: WhmcsSnapshot): readonly HealthCheck[] {
  return note === null
    ? []
    : [
        {
          name: 'Autocommit',
          level: 'warn',
          says: `Another module switches autocommit off on WHMCS’s database connection: seen in ${note.where} since ${note.since}, last ${note.seenAt}. What WHMCS writes there is lost unless somebody commits; on such pages no hook is sent at once and no rule is asked. Cron, worker and addon page switch it on for themselves and go on.`,
          remedy:
            'Search the folders modules and includes/hooks of WHMCS for “autocommit”, and have that module switch it on again.',
        },
      ];
}
