import { Command } from 'commander';
import { SERVICE_VERSION } from '../version.ts';
import type { Command as Act, CommandContext } from './command-context.ts';
import { doctorCommand } from './subcommands/doctor.ts';
import { grantsCommand } from './subcommands/grants.ts';
import { migrateCommand } from './subcommands/migrate.ts';
import { serveCommand } from './subcommands/serve.ts';

const AFTERWORD = `
Settings come from the environment and from .env in the working directory; see .env.example.

Exit codes: 0 done · 1 a problem was found · 2 wrong command line · 3 wrong configuration ·
            4 the database cannot be used · 5 the address to listen on is taken`;

/** The command line, as commander describes and parses it. */
export function createProgram(context: CommandContext, finished: (code: number) => void): Command {
  const { terminal } = context;
  const program = new Command('creditbridge')
    .description('Decides when credit is used in WHMCS, and answers every why.')
    .version(SERVICE_VERSION)
    .addHelpText('after', AFTERWORD)
    .showHelpAfterError('(creditbridge --help shows what there is)')
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
    .command('serve')
    .description('run the service until SIGTERM or Ctrl-C')
    .action(act(serveCommand));
  program
    .command('migrate')
    .description('create or update the tables of the service')
    .option('--dry-run', 'only list what is done and what is pending', false)
    .addHelpText(
      'after',
      '\nUses CREDITBRIDGE_MIGRATE_DATABASE_URL, whose account may CREATE and ALTER tables.\n\nExample:\n  creditbridge migrate --dry-run',
    )
    .action(act(migrateCommand));
  program
    .command('grants')
    .description("print the rights that the service's database user needs")
    .option('--host <host>', 'host part of the account', 'localhost')
    .addHelpText('after', '\nExample:\n  creditbridge grants --host 10.0.0.5 | mariadb --user=root')
    .action(act(grantsCommand));
  program
    .command('doctor')
    .description('look at everything that must be right, and say what to do about what is not')
    .option('--json', 'for programs', false)
    .action(act(doctorCommand));
  return program;
}
