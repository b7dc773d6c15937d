import { arch, platform } from 'node:os';
import { readTrials, type WhmcsSnapshot } from '../../../bridge/index.ts';
import { SERVICE_VERSION } from '../../base/index.ts';
import type { Check } from './check.ts';
import { missingSettings } from './check-surroundings.ts';
import type { BooksOfWhmcs } from './read-books.ts';

/** What the report is made of; each part is absent where doctor did not come so far. */
export interface ReportFacts {
  readonly checks: readonly Check[];
  readonly server?: { readonly version: string; readonly sqlMode: string };
  readonly shimVersion?: string;
  readonly schemaNumber?: number;
  readonly snapshot?: WhmcsSnapshot;
  readonly trial?: string | null;
  readonly notes?: string;
  readonly books?: BooksOfWhmcs;
}

/**
 * One text that an operator can attach to a report. It holds versions, settings, counts and verdicts. No names, addresses,
 * hosts, accounts, paths, ids, amounts or texts of clients or admins: checks are named with their level, not with their words.
 */
export function writeReport(facts: ReportFacts): readonly string[] {
  const { snapshot, server, books, checks } = facts;
  return [
    'Credit Bridge, report of `creditbridge doctor --report`',
    'It holds no personal data: no names, addresses, hosts, ids or amounts.',
    ...part('Versions', [
      ['service', SERVICE_VERSION],
      ['addon', facts.shimVersion ?? 'not seen'],
      [
        'addon tables',
        facts.schemaNumber === undefined ? 'not seen' : `schema ${facts.schemaNumber}`,
      ],
      ['WHMCS', snapshot?.version ?? 'not seen'],
      ['PHP', snapshot?.php ?? 'not seen'],
      ['Node', `${process.version} on ${platform()} ${arch()}`],
      ['database', server?.version ?? 'not reached'],
      ['sql_mode of our sessions', server?.sqlMode || '(empty)'],
    ]),
    ...(snapshot === undefined ? [] : aboutWhmcs(snapshot, facts)),
    ...(books === undefined ? [] : aboutBooks(books)),
    ...aboutTables(snapshot?.books ?? null),
    ...part(
      'Checks',
      checks.map(({ name, level }) => [name, level]),
    ),
  ];
}

function aboutWhmcs(snapshot: WhmcsSnapshot, { trial, notes }: ReportFacts): readonly string[] {
  const { settings, dates, actingAdmin, engines } = snapshot;
  const { returns, versions } = readTrials(trial ?? null, null);
  const isOurs = (name: string) => name.startsWith('mod_');
  const other = Object.entries(engines).filter(([, engine]) => engine !== 'InnoDB');
  const missing = missingSettings(snapshot);
  return [
    ...part('WHMCS', [
      ['invoice mutation opt-out', yesOrNo(snapshot.mutation)],
      ['notes in tblaccounts', notes ?? 'not looked'],
      ['AddCredit rolls back with the transaction around it', measured(snapshot)],
      ['autocommit switched off by a module', yesOrNo(snapshot.autocommitOff !== null)],
      ['acting admin may act', yesOrNo(actingAdmin.ok)],
      ['permissions the acting admin lacks', actingAdmin.lacks.join(', ') || 'none'],
      ['local date, web', dateText(dates.web)],
      ['local date, command line', dateText(dates.cli)],
      [
        'tables of another engine than InnoDB',
        other.map(([table, engine]) => `${isOurs(table) ? 'ours' : table} ${engine}`).join(', ') ||
          'none',
      ],
    ]),
    ...part('Trials', [
      ['taken with', versions.join(', ') || 'none taken'],
      [
        'credit can be taken off an unpaid invoice',
        returns === undefined ? 'not tried' : yesOrNo(returns.takesOff),
      ],
      [
        'cancelling an invoice',
        returns === undefined ? 'not tried' : `${returns.cancelling} (its credit)`,
      ],
    ]),
    ...part('Settings of WHMCS', [
      ...Object.entries(settings).map(([name, value]): [string, string] => [
        name,
        value === null ? 'missing' : onOrOff(name, value),
      ]),
      ['missing', missing.join(', ') || 'none'],
    ]),
  ];
}

function aboutBooks({ formulas, paidWithoutNote }: BooksOfWhmcs): readonly string[] {
  return part('The newest invoices, at most 1000', [
    ...formulas.map(({ says, fits, of }): [string, string] => [says, `${fits} of ${of}`]),
    [
      'paid with used credit and without a note',
      paidWithoutNote === undefined ? 'not asked on 8.x' : String(paidWithoutNote),
    ],
  ]);
}

function aboutTables(books: WhmcsSnapshot['books']): readonly string[] {
  const title = 'Tables of money, as the self-test saw them';
  if (books === null) return part(title, [['not looked', 'press Self-test under Connection']]);
  return part(title, [
    ...Object.entries(books.columns).map(([table, columns]): [string, string] => [
      table,
      columns.join(', '),
    ]),
    ...books.rows.map(({ type, way, note, count }): [string, string] => [
      `newest rows of tblaccounts: ${note ? 'notes' : 'money'}, ${way}, type ${type || '(none)'}`,
      String(count),
    ]),
  ]);
}

function part(title: string, rows: readonly (readonly [string, string])[]): readonly string[] {
  return ['', `## ${title}`, ...rows.map(([name, value]) => `${name}: ${value}`)];
}

/** Limits of deposits are amounts, which the report leaves out. */
function onOrOff(name: string, value: string): string {
  return /M(?:in|ax)imum/.test(name) ? 'set' : value === '' ? 'off' : 'on';
}

function measured({ sharedConnection, measuredWith }: WhmcsSnapshot): string {
  if (sharedConnection === null) return 'not measured';
  const how = measuredWith === 'AddCredit' ? 'AddCredit itself' : 'a line of the activity log';
  return `${yesOrNo(sharedConnection)}, measured with ${how}`;
}

function dateText(seen: WhmcsSnapshot['dates']['web']): string {
  return seen === undefined ? 'not seen' : `${seen.date} in ${seen.zone}, at ${seen.at}`;
}

function yesOrNo(value: boolean | null): string {
  if (value === null) return 'not known';
  return value ? 'yes' : 'no';
}
