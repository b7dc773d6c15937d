import { readSnapshot, type WhmcsSnapshot } from '../../../bridge/index.ts';
import type { Check } from './check.ts';
import type { BridgeFacts } from './read-database.ts';

export interface BridgeSides {
  readonly facts: BridgeFacts;
  readonly serviceVersion: string;
  /** Undefined before the first pairing. */
  readonly shimVersion: string | undefined;
  readonly now: Date;
}

/** What both sides know of each other: versions, nonce, WHMCS's zone and credit settings. */
export function checkBridge({ facts, serviceVersion, shimVersion, now }: BridgeSides): Check[] {
  const snapshot = readSnapshot(facts.whmcs);
  return [
    {
      name: 'Versions',
      level: shimVersion === undefined ? 'idle' : shimVersion === serviceVersion ? 'good' : 'warn',
      says: `Service ${serviceVersion}, addon ${shimVersion ?? 'not seen yet'} with table schema ${facts.schemaNumber}, WHMCS ${snapshot?.version ?? 'not seen yet'}.`,
      ...(shimVersion !== undefined && shimVersion !== serviceVersion
        ? { remedy: 'Both work together, but install the same release of addon and service.' }
        : {}),
    },
    facts.hasNonce
      ? { name: 'Nonce', level: 'good', says: 'The addon has left one in this database.' }
      : {
          name: 'Nonce',
          level: 'warn',
          says: 'The addon has left none in this database.',
          remedy: 'Open the addon page in WHMCS; it pairs by itself.',
        },
    ...(snapshot === undefined ? [] : [checkZone(snapshot, now), checkCreditSettings(snapshot)]),
  ];
}

/** The daily run belongs to WHMCS's date, so its zone must be one that we know too. */
function checkZone({ zone, date }: WhmcsSnapshot, now: Date): Check {
  const today = dateIn(zone, now);
  if (today === undefined) {
    return {
      name: 'Time zone',
      level: 'bad',
      says: `Node does not know WHMCS's zone ${zone}.`,
      remedy: "Set PHP's date.timezone to an IANA name such as Europe/Berlin.",
    };
  }
  return {
    name: 'Time zone',
    level: 'good',
    says: `WHMCS is in ${zone}: today is ${today} there; the addon last said ${date}.`,
  };
}

function dateIn(zone: string, now: Date): string | undefined {
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(now);
  } catch {
    return undefined;
  }
}

/** WHMCS applies credit by itself unless `NoAutoApplyCredit` is on (whmcs.md §1.1). */
function checkCreditSettings({ settings }: WhmcsSnapshot): Check {
  const listed = Object.entries(settings)
    .map(([name, value]) => `${name}=${value === null ? 'missing' : value || 'off'}`)
    .join(', ');
  if (settings.NoAutoApplyCredit === null) {
    return {
      name: 'Credit settings',
      level: 'warn',
      says: `WHMCS has no row for NoAutoApplyCredit, so it is not known whether it applies credit by itself. ${listed}.`,
      remedy: 'Save General Settings → Credit in WHMCS once.',
    };
  }
  return settings.NoAutoApplyCredit === 'on'
    ? { name: 'Credit settings', level: 'good', says: `${listed}.` }
    : {
        name: 'Credit settings',
        level: 'warn',
        says: `WHMCS still applies credit by itself, before any rule is asked. ${listed}.`,
        remedy: 'Switch Automatic Credit Use off on the addon page once the rules should decide.',
      };
}
