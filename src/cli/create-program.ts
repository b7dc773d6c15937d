import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { SERVICE_VERSION } from '../base/index.ts';
import { PAST_DAYS } from '../preview/index.ts';
import type { Command as Act, CommandContext } from './command-context.ts';
import { addEndpointCommands } from './endpoint/add-endpoint-commands.ts';
import {
  KEPT_DAYS_LEAST,
  parseDate,
  parseDaysBack,
  parseId,
  parseKeptDays,
} from './parse-arguments.ts';
import { adoptCommand } from './subcommands/adopt.ts';
import { doctorCommand } from './subcommands/doctor.ts';
import { grantsCommand } from './subcommands/grants.ts';
import { initCommand } from './subcommands/init.ts';
import { migrateCommand } from './subcommands/migrate.ts';
import { openapiCommand } from './subcommands/openapi.ts';
import { previewCommand } from './subcommands/preview.ts';
import { privacyEraseCommand } from './subcommands/privacy-erase.ts';
import { privacyShowCommand } from './subcommands/privacy-show.ts';
import { pruneAuditCommand } from './subcommands/prune-audit.ts';
import { reconcileCommand } from './subcommands/reconcile.ts';
import { replayDeliveryCommand } from './subcommands/replay-delivery.ts';
import { runDailyCommand } from './subcommands/run-daily.ts';
import { serveCommand } from './subcommands/serve.ts';
import { todayCommand } from './subcommands/today.ts';
import { uninstallCommand } from './subcommands/uninstall.ts';

const AFTERWORD = `
Settings come from the environment and from one file: the one that CREDITBRIDGE_ENV_FILE names, or else
/etc/creditbridge/creditbridge.env, or else .env in the working directory. \`creditbridge init\` writes it.

creditbridge help <command> says more about a command.`;

/** Below the help of every command. */
const EXIT_CODES = `
Exit codes: 0 done · 1 a problem was found · 2 wrong command line · 3 wrong configuration ·
            4 the database cannot be used · 5 the address to listen on is taken`;

/** The command line, as commander describes and parses it. */
export function createProgram(context: CommandContext, finished: (code: number) => void): Command {
  const { terminal } = context;
  const program = new Command('creditbridge')
    .description('Decides when credit is used in WHMCS, and answers every why.')
    .version(SERVICE_VERSION)
    .addHelpText('after', AFTERWORD)
    .addHelpText('afterAll', EXIT_CODES)
    .showHelpAfterError(
      '(creditbridge help lists the commands; creditbridge help <command> explains one)',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  const act =
    <Options>(command: Act<Options>) =>
    async (options: Options) =>
      finished(await command(options, context));

  program
    .command('init')
    .description('write the settings of a new installation; asks for what is not given')
    .option('--database <address>', "WHMCS's database, with the account of the service")
    .option('--migrate-database <address>', 'an account that may create tables there')
    .option('--whmcs-url <url>', "WHMCS's system URL")
    .option('--listen <address>', 'where the service listens, 127.0.0.1:8481 when absent')
    .option('--secrets <file>', 'the two lines of Show the secrets on the addon page; - reads them')
    .option('--host <host>', 'host part of the account of the service', 'localhost')
    .addHelpText(
      'after',
      '\nWithout a password in --database, one is made. Everybody on this machine sees what is on a command line: give other\npasswords in the environment, as CREDITBRIDGE_DATABASE_URL and CREDITBRIDGE_MIGRATE_DATABASE_URL.\nWithout an account that may create tables, it prints the statements for an administrator of the database. No file is ever\nreplaced.\n\nExample:\n  creditbridge init --database "mysql://creditbridge@localhost/whmcs?socket=/run/mysqld/mysqld.sock" --secrets secrets.txt',
    )
    .action(act(initCommand));
  program
    .command('serve')
    .description('run the service until SIGTERM or Ctrl-C')
    .addHelpText(
      'after',
      '\nIt says on standard error what it does, one JSON object per line. Usually a service manager starts it; docs/operators.md\nhas a unit for systemd.\n\nExample:\n  creditbridge serve',
    )
    .action(act(serveCommand));
  program
    .command('migrate')
    .description('create or update the tables of the service')
    .option('--dry-run', 'only list what is done and what is pending', false)
    .option('--grants', "also make the service's database user and give it its rights", false)
    .option('--host <host>', 'host part of that user, for --grants', 'localhost')
    .addHelpText(
      'after',
      '\nUses CREDITBRIDGE_MIGRATE_DATABASE_URL, whose account may CREATE and ALTER tables, and for --grants CREATE USER and GRANT.\nIt is taken from the environment, or from migrate.env beside the settings, or asked for.\n\nExamples:\n  creditbridge migrate --dry-run\n  creditbridge migrate --grants',
    )
    .action(act(migrateCommand));
  program
    .command('grants')
    .description("print the rights that the service's database user needs")
    .option('--host <host>', 'host part of the account', 'localhost')
    .addHelpText('after', '\nExample:\n  creditbridge grants --host 10.0.0.5 | mariadb --user=root')
    .action(act(grantsCommand));
  program
    .command('prune-audit')
    .description('delete old rows of the audit')
    .option('--keep-days <days>', 'how long they are kept', parseKeptDays, KEPT_DAYS_LEAST)
    .addHelpText(
      'after',
      '\nUses CREDITBRIDGE_MIGRATE_DATABASE_URL: the account of the service may not delete them.\n\nExample:\n  creditbridge prune-audit --keep-days 3650',
    )
    .action(act(pruneAuditCommand));
  program
    .command('adopt')
    .description("take over WHMCS's credit log now; the service otherwise does it by itself")
    .addHelpText(
      'after',
      '\nCan be interrupted and asked for again: it goes on where it was.\n\nExample:\n  creditbridge adopt',
    )
    .action(act(adoptCommand));
  program
    .command('doctor')
    .description('look at everything that must be right, and say what to do about what is not')
    .option('--json', 'for programs', false)
    .option('--report', 'one text without personal data, to attach to a report', false)
    .addHelpText(
      'after',
      '\nExit code 1 means that something is wrong; each line says what to do.\n\nExamples:\n  creditbridge doctor\n  creditbridge doctor --report > report.txt',
    )
    .action(act(doctorCommand));

  program
    .command('reconcile')
    .description('compare all balances with the ledger, and look for what no hook told')
    .option('--client <id>', "only this client's balance", parseId)
    .option('--wait', 'wait five minutes for differences that may be traffic', false)
    .addHelpText(
      'after',
      '\nThe service does this all the time; exit code 1 means that an admin must look.\n\nExamples:\n  creditbridge reconcile --wait\n  creditbridge reconcile --client 13',
    )
    .action(act(reconcileCommand));
  program
    .command('run')
    .description('work that WHMCS otherwise asks for by cron')
    .command('daily')
    .description("plan today's run, as WHMCS's cron does; twice is no harm")
    .option('--preview', 'show what it would do and commit nothing', false)
    .option('--date <date>', 'YYYY-MM-DD, another day than today for --preview only', parseDate)
    .addHelpText(
      'after',
      '\nExamples:\n  creditbridge run daily --preview --date 2026-12-01\n  creditbridge run daily',
    )
    .action(act(runDailyCommand));
  program
    .command('preview')
    .description(
      'show what settings would have done in the past days, or would do tomorrow; commits nothing',
    )
    .option('--rule <id>', 'a rule to try with other settings; all stored settings when absent')
    .addOption(
      new Option('--mode <mode>', 'of the rule that is tried')
        .choices(['on', 'observe', 'off'])
        .default('on'),
    )
    .option('--settings <file>', "the rule's settings as JSON; its defaults when absent")
    .addOption(
      new Option('--group <id>', 'try it for this client group')
        .argParser(parseId)
        .conflicts('client'),
    )
    .option('--client <id>', 'try it for this client', parseId)
    .addOption(
      new Option('--tomorrow', "what tomorrow's daily run would do")
        .default(false)
        .conflicts('days'),
    )
    .option('--days <n>', 'how many days back', parseDaysBack, PAST_DAYS)
    .option('--csv', 'for a spreadsheet', false)
    .addHelpText(
      'after',
      '\nProgress appears on standard error. Ctrl-C ends it; nothing is left.\n\nExamples:\n  creditbridge preview --rule deposit-bonus --settings bonus.json\n  creditbridge preview --tomorrow --csv > tomorrow.csv',
    )
    .action(act(previewCommand));
  program
    .command('today')
    .description('say which day it is for WHMCS, or confirm a date that is doubtful')
    .option('--confirm <date>', 'the doubtful date, YYYY-MM-DD, that is right', parseDate)
    .addHelpText(
      'after',
      '\nWhile WHMCS names a doubtful date, no run is planned and no credit is taken. A date is confirmed in the name of the\nadmin whose API token is in CREDITBRIDGE_TOKEN; make one on the addon page.\n\nExamples:\n  creditbridge today\n  creditbridge today --confirm 2026-12-01',
    )
    .action(act(todayCommand));
  program
    .command('deliveries')
    .description('hooks that WHMCS delivered')
    .command('replay')
    .argument('<id>', 'id of the delivery, as the addon page shows it', parseUuid)
    .description('put a delivery before the rules again; what was done is not done twice')
    .addHelpText(
      'after',
      '\nExample:\n  creditbridge deliveries replay 01920000-0000-7000-8000-000000000001',
    )
    .action((id: string) => act(replayDeliveryCommand)({ id }));
  const privacy = program.command('privacy').description('what is kept about a client');
  privacy
    .command('show')
    .argument('<client>', 'number of the client', parseId)
    .description('print every row about a client, a JSON object per line')
    .addHelpText('after', '\nExample:\n  creditbridge privacy show 13 > client-13.jsonl')
    .action((clientId: number) => act(privacyShowCommand)({ clientId }));
  privacy
    .command('erase')
    .argument('<client>', 'number of the client', parseId)
    .option('--living', 'also for a client who is still in WHMCS', false)
    .description('erase texts about a client now; figures stay')
    .addHelpText(
      'after',
      '\nThe service does it by itself within a day after WHMCS deleted the client; docs/privacy.md says what stays. It is done\nin the name of the admin whose API token is in CREDITBRIDGE_TOKEN.\n\nExamples:\n  creditbridge privacy erase 13\n  creditbridge privacy erase 13 --living',
    )
    .action((clientId: number, { living }: { living: boolean }) =>
      act(privacyEraseCommand)({ clientId, living }),
    );
  program
    .command('uninstall')
    .description('export what Credit Bridge knows, and print how to remove it; removes nothing')
    .option('--export <folder>', 'a new folder for the ledger, the audit and the statements')
    .addHelpText(
      'after',
      '\nBefore: deactivate the addon in WHMCS, and stop the service. Exit code 1: something must be settled first.\n\nExample:\n  creditbridge uninstall --export /var/backups/creditbridge-export',
    )
    .action(act(uninstallCommand));
  program
    .command('openapi')
    .description('print the description of the API, openapi.json')
    .addHelpText('after', '\nExample:\n  creditbridge openapi > openapi.json')
    .action(act(openapiCommand));
  addEndpointCommands(program, context, finished);
  return program;
}

function parseUuid(text: string): string {
  if (z.guid().safeParse(text).success) return text;
  throw new InvalidArgumentError('A UUID is wanted.');
}
