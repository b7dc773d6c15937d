import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { Command as Act } from './command-context.ts';
import { parseDate } from './parse-arguments.ts';
import { freezeClientCommand, unfreezeClientCommand } from './subcommands/freeze-client.ts';
import { giveBackCreditCommand } from './subcommands/give-back-credit.ts';
import { listApprovalsCommand } from './subcommands/list-approvals.ts';
import {
  addCreditCommand,
  deductCreditCommand,
  revokeGrantCommand,
  transferCreditCommand,
} from './subcommands/operate.ts';

type Perform = <Options>(command: Act<Options>) => (options: Options) => Promise<void>;

const KINDS = 'promotional, adjustment, paid or refund';
const TOKEN =
  '\nIt is done in the name of the admin whose API token is in CREDITBRIDGE_TOKEN; make one on the addon page.';
const WAITS = `${TOKEN}\nAbove the approval amount it waits for another admin, on the addon page or by the API.`;

/** What admins do by hand, from a shell: a token says which admin it is. */
export function addOperationCommands(program: Command, act: Perform): void {
  const credit = program
    .command('credit')
    .description('add, deduct, transfer or revoke credit by hand; WHMCS carries it out');
  const operation = (name: string, description: string, example: string) =>
    credit
      .command(name)
      .description(description)
      .requiredOption('--reason <text>', 'why; stays with the entry for ever')
      .option('--id <uuid>', 'of an earlier try, so that nothing is done twice', parseId7)
      .addHelpText('after', `${WAITS}\n\nExample:\n  ${example}`);

  operation(
    'add',
    'give a client credit',
    'creditbridge credit add 42 25.00 --expires 2027-03-31 --reason "Outage of 3 March"',
  )
    .argument('<client>', 'number of the client', parseNumber)
    .argument('<amount>', 'in the client’s currency, such as 25.00')
    .option('--kind <kind>', KINDS, 'promotional')
    .option('--starts <date>', 'first day on which it can be used, YYYY-MM-DD')
    .option('--expires <date>', 'last day on which it can be used, YYYY-MM-DD')
    .option('--priority <number>', 'smaller is used first', parseCount, 100)
    .option('--refundable', 'it may be paid out', false)
    .option('--description <text>', 'words in WHMCS’s credit log, which clients may read')
    .action((client: number, amount: string, options) =>
      act(addCreditCommand)({ ...options, client, amount }),
    );
  operation(
    'deduct',
    'take credit from a client',
    'creditbridge credit deduct 42 5.00 --reason "Credited twice on 2 March"',
  )
    .argument('<client>', 'number of the client', parseNumber)
    .argument('<amount>', 'in the client’s currency')
    .option('--grant <number>', 'only from this grant', parseNumber)
    .option('--description <text>', 'words in WHMCS’s credit log, which clients may read')
    .action((client: number, amount: string, options) =>
      act(deductCreditCommand)({ ...options, client, amount }),
    );
  operation(
    'transfer',
    'move credit to another client with the same currency',
    'creditbridge credit transfer 42 43 10.00 --reason "Moved to the new account"',
  )
    .argument('<from>', 'number of the client who has it', parseNumber)
    .argument('<to>', 'number of the client who gets it', parseNumber)
    .argument('<amount>', 'in their currency')
    .option('--grant <number>', 'only from this grant, which keeps its kind and days', parseNumber)
    .option('--kind <kind>', `arrives as ${KINDS}, when no grant is named`, 'adjustment')
    .action((from: number, to: number, amount: string, options) =>
      act(transferCreditCommand)({ ...options, from, to, amount }),
    );
  operation(
    'revoke',
    'take back what is left of one grant',
    'creditbridge credit revoke 1817 --reason "Bonus given by mistake"',
  )
    .argument('<grant>', 'number of the grant', parseNumber)
    .action((grant: number, options) => act(revokeGrantCommand)({ ...options, grant }));

  credit
    .command('give-back')
    .description('give back what was taken as expired on a day although its last day is not over')
    .argument('<day>', 'as WHMCS’s credit log has it, YYYY-MM-DD', parseDate)
    .requiredOption('--reason <text>', 'why; stays with the entries for ever')
    .addHelpText(
      'after',
      `${WAITS}\nRepeating it does nothing twice.\n\nExample:\n  creditbridge credit give-back 2026-11-28 --reason "The clock was a year ahead"`,
    )
    .action((day: string, options) => act(giveBackCreditCommand)({ ...options, day }));

  program
    .command('approvals')
    .description('what waits for a second admin')
    .command('list')
    .description('list it; it is decided on the addon page')
    .option('--all', 'decided ones, too', false)
    .addHelpText('after', '\nExample:\n  creditbridge approvals list')
    .action(act(listApprovalsCommand));

  program
    .command('freeze')
    .description('stop everything that is done for one client')
    .command('client')
    .description('nothing more is done for this client until it is unfrozen; needs no token')
    .argument('<id>', 'number of the client', parseNumber)
    .requiredOption('--reason <text>', 'why')
    .addHelpText('after', '\nExample:\n  creditbridge freeze client 42 --reason "Chargeback"')
    .action((client: number, options) => act(freezeClientCommand)({ ...options, client }));
  program
    .command('unfreeze')
    .description('let a frozen client go on')
    .command('client')
    .description('what waited is done now, if it still fits')
    .argument('<id>', 'number of the client', parseNumber)
    .option('--reason <text>', 'why it can go on', '')
    .addHelpText(
      'after',
      `${TOKEN}\n\nExample:\n  creditbridge unfreeze client 42 --reason "Settled"`,
    )
    .action((client: number, options) => act(unfreezeClientCommand)({ ...options, client }));
}

function parseNumber(text: string): number {
  if (/^[1-9][0-9]{0,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number is wanted.');
}

function parseCount(text: string): number {
  if (/^[0-9]{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number from 0 to 1000 is wanted.');
}

function parseId7(text: string): string {
  if (z.uuidv7().safeParse(text).success) return text;
  throw new InvalidArgumentError('A UUID of version 7 is wanted, as an earlier try printed it.');
}
