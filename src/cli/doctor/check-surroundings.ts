import { readTrials, type WhmcsSnapshot } from '../../../bridge/index.ts';
import type { Check } from './check.ts';

/** What the addon has measured of WHMCS, as far as it matters to credit; whmcs.md §9.2. */
export function checkSurroundings(
  snapshot: WhmcsSnapshot,
  verdicts: string | null,
): readonly Check[] {
  return [
    checkMissingSettings(snapshot),
    checkLocalDates(snapshot),
    checkPermissions(snapshot),
    checkMutation(snapshot),
    checkTrials(snapshot, verdicts),
  ];
}

/** Settings of which WHMCS has no row. Each is read as unticked, and whether it is cannot be known (whmcs.md §8.23). */
export function missingSettings({ settings }: WhmcsSnapshot): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => (value === null ? [name] : []));
}

function checkMissingSettings(snapshot: WhmcsSnapshot): Check {
  const name = 'Missing settings';
  const missing = missingSettings(snapshot);
  if (missing.length === 0) return { name, level: 'good', says: 'WHMCS has a row for each.' };
  return {
    name,
    level: 'warn',
    says: `WHMCS has no row for ${missing.join(', ')}: never saved, or called otherwise in this version. What it means is not known.`,
    remedy:
      'Save General Settings → Credit in WHMCS once. If it stays, report it with the text of `creditbridge doctor --report`.',
  };
}

function checkLocalDates({ dates: { web, cli } }: WhmcsSnapshot): Check {
  const name = 'Local date';
  if (web === undefined || cli === undefined) {
    const known = web === undefined ? 'the command line' : 'web pages';
    return {
      name,
      level: 'idle',
      says: `Known of ${known} only: open the addon page, and let cron run.`,
    };
  }
  if (web.zone === cli.zone) {
    return { name, level: 'good', says: `Web pages and command line are both in ${web.zone}.` };
  }
  return {
    name,
    level: 'warn',
    says: `Web pages are in ${web.zone} (${web.date} at ${web.at}), the command line in ${cli.zone} (${cli.date} at ${cli.at}). WHMCS writes days of either.`,
    remedy: 'Set the same date.timezone in the php.ini of both.',
  };
}

function checkPermissions({ actingAdmin: { lacks } }: WhmcsSnapshot): Check {
  const name = 'Permissions';
  return lacks.length === 0
    ? { name, level: 'good', says: 'The acting admin has all that commands need.' }
    : {
        name,
        level: 'warn',
        says: `The role of the acting admin lacks ${lacks.join(', ')}. Commands that need it may be refused.`,
        remedy: 'Give the role these permissions under Configuration → Administrator Roles.',
      };
}

function checkMutation({ mutation }: WhmcsSnapshot): Check {
  const name = 'Invoice mutation';
  if (mutation === null) {
    return { name, level: 'idle', says: 'The addon cannot read configuration.php.' };
  }
  return mutation
    ? {
        name,
        level: 'warn',
        says: 'configuration.php sets $allow_adminarea_invoice_mutation: on WHMCS 9 admins can change invoices that were issued, and figures and notes may then differ.',
        remedy: 'Remove the line; WHMCS has announced that it goes away.',
      }
    : { name, level: 'good', says: 'Issued invoices cannot be edited by an opt-out.' };
}

/** A verdict counts for one version of WHMCS alone. */
function checkTrials({ version }: WhmcsSnapshot, verdicts: string | null): Check {
  const name = 'Trials';
  const { versions } = readTrials(verdicts, null);
  const old = versions.filter((one) => one !== version);
  if (old.length > 0) {
    return {
      name,
      level: 'warn',
      says: `WHMCS is ${version}; trials were taken with ${old.join(' and ')}, and what rests on these is off.`,
      remedy:
        'Take them again under Connection on the addon page, which says what stays in your books.',
    };
  }
  return versions.length > 0
    ? { name, level: 'good', says: `Taken with this WHMCS, ${version}.` }
    : {
        name,
        level: 'idle',
        says: 'None was taken: credit leaves an unpaid invoice by hand alone.',
        remedy: 'Connection on the addon page says what a trial leaves in your books.',
      };
}
