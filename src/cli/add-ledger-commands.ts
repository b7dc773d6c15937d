import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import {
  type EntryKind,
  entryKinds,
  type GrantKind,
  grantKinds,
  READ_LIMIT_MAX,
} from '../ledger/index.ts';
import type { Command as Act } from './command-context.ts';
import { parseCursor, parseDate, parseId } from './parse-arguments.ts';
import { balanceCommand } from './subcommands/ledger-balance.ts';
import { entriesCommand } from './subcommands/ledger-entries.ts';
import { exportCommand, exported } from './subcommands/ledger-export.ts';
import { grantListCommand } from './subcommands/ledger-grants.ts';
import { liabilityCommand } from './subcommands/ledger-liability.ts';
import { openapiCommand } from './subcommands/openapi.ts';

/** What the ledger says, for people, and for programs with `--json`: the same as the API says. */
export function addLedgerCommands(
  program: Command,
  act: <Options>(command: Act<Options>) => (options: Options) => Promise<void>,
): void {
  const ledger = program
    .command('ledger')
    .description('what the ledger says: balances, entries, grants, liability, exports');
  ledger
    .command('balance')
    .argument('<client>', 'number of the client', parseId)
    .description('what a client has, may spend, and what is held')
    .option('--json', 'for programs', false)
    .addHelpText('after', '\nExample:\n  creditbridge ledger balance 42')
    .action((clientId: number, options: { json: boolean }) =>
      act(balanceCommand)({ clientId, ...options }),
    );
  narrowed(paged(ledger.command('entries').description('movements of credit, newest first')))
    .addHelpText('after', '\nExample:\n  creditbridge ledger entries --client 12 --from 2026-11-01')
    .action(act(entriesCommand));
  paged(ledger.command('grants').description('credit that was given, newest first'))
    .option('--client <id>', 'only of this client', parseId)
    .addOption(grantKindOption())
    .option('--remaining', 'only those with something left', false)
    .addHelpText('after', '\nExample:\n  creditbridge ledger grants --client 42 --remaining')
    .action(act(grantListCommand));
  ledger
    .command('liability')
    .description('what clients could still spend at the end of a day, by currency, kind and age')
    .requiredOption('--day <date>', "WHMCS's local date, YYYY-MM-DD", parseDate)
    .option('--json', 'for programs', false)
    .addHelpText('after', '\nExample:\n  creditbridge ledger liability --day 2026-10-31')
    .action(act(liabilityCommand));
  narrowed(
    ledger
      .command('export')
      .addOption(
        new Option('--what <what>', 'what to write').choices(exported).makeOptionMandatory(),
      )
      .description('write a CSV file, however long; progress goes to standard error'),
  )
    .addOption(grantKindOption('--grant-kind <kind>'))
    .option('--remaining', 'only grants with something left', false)
    .option('--day <date>', 'day of the liability', parseDate)
    .option('--output <file>', 'a new file (default: standard output)')
    .addHelpText(
      'after',
      '\nExamples:\n  creditbridge ledger export --what entries --output entries.csv\n  creditbridge ledger export --what liability --day 2026-10-31',
    )
    .action(act(exportCommand));
  program
    .command('openapi')
    .description('print the description of the API, openapi.json')
    .addHelpText('after', '\nExample:\n  creditbridge openapi > openapi.json')
    .action(act(openapiCommand));
}

/** Options of what is narrowed as entries are. */
export interface EntryOptions {
  readonly client?: number;
  readonly invoice?: number;
  readonly kind?: EntryKind;
  readonly from?: string;
  readonly to?: string;
}

export interface PagedOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly json: boolean;
}

export interface GrantOptions {
  readonly client?: number;
  readonly kind?: GrantKind;
  readonly remaining: boolean;
}

function narrowed(command: Command): Command {
  return command
    .option('--client <id>', 'only of this client', parseId)
    .option('--invoice <id>', 'only of this invoice', parseId)
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(Object.keys(entryKinds)))
    .option('--from <date>', 'from this day on, YYYY-MM-DD', parseDate)
    .option('--to <date>', 'up to this day', parseDate);
}

function paged(command: Command): Command {
  return command
    .option('--limit <rows>', `rows of a page, at most ${READ_LIMIT_MAX}`, parseLimit, 50)
    .option('--cursor <cursor>', 'goes on where the page before ended', parseCursor)
    .option('--json', 'for programs', false);
}

function grantKindOption(flags = '--kind <kind>'): Option {
  return new Option(flags, 'only grants of this kind').choices(grantKinds);
}

function parseLimit(text: string): number {
  const limit = z.coerce.number().int().min(1).max(READ_LIMIT_MAX).safeParse(text);
  if (limit.success) return limit.data;
  throw new InvalidArgumentError(`A number from 1 to ${READ_LIMIT_MAX} is wanted.`);
}
