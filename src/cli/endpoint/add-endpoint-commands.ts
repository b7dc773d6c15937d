import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { type ApiEndpoint, apiEndpoints, type CliForm } from '../../api/index.ts';
import type { CommandContext } from '../command-context.ts';
import { callEndpoint } from './call-endpoint.ts';
import { inHelp, type Parameter, parametersOf } from './parameters-of.ts';

/** What a group of commands is about, by its name. */
const GROUPS: Readonly<Record<string, string>> = {
  ledger: 'what the ledger says: balances, entries, grants, liability, exports',
  'ledger export': 'write a CSV file, however long; progress goes to standard error',
  credit: 'add, deduct, transfer, revoke, park or give back credit by hand; WHMCS carries it out',
  allow: 'let rules use credit on an invoice again',
  approvals: 'what waits for a second admin',
  choices: 'what clients want done with their credit',
  leave: 'keep rules away from an invoice',
  parked: 'credit that waits until somebody decides',
  settings: 'earlier versions of the settings of a rule',
  freeze: 'stop everything that is done for one client',
  unfreeze: 'let a frozen client go on',
};

const TOKEN =
  'It is done in the name of the admin whose API token is in CREDITBRIDGE_TOKEN; make one on the addon page.';
const WAITS =
  'Above the approval amount it waits for another admin, on the addon page or by the API.';

/** Adds every command that an endpoint of the API declares. */
export function addEndpointCommands(
  program: Command,
  context: CommandContext,
  finished: (code: number) => void,
): void {
  for (const endpoint of apiEndpoints) {
    for (const form of endpoint.cli) {
      addCommand(commandAt(program, form.name), endpoint, form, context, finished);
    }
  }
}

/** The command of this name, its groups made where there are none yet. */
function commandAt(program: Command, name: string): Command {
  const words = name.split(' ');
  return words.reduce((group, word, index) => {
    const known = group.commands.find((one) => one.name() === word);
    if (known !== undefined) return known;
    const made = group.command(word);
    const about = GROUPS[words.slice(0, index + 1).join(' ')];
    return about === undefined ? made : made.description(about);
  }, program);
}

function addCommand(
  command: Command,
  endpoint: ApiEndpoint,
  form: CliForm<unknown>,
  context: CommandContext,
  finished: (code: number) => void,
): void {
  const all = parametersOf(endpoint, form);
  const places = (form.places ?? []).map((member) => memberOf(all, member, form));
  const options = all
    .filter((one) => !places.includes(one) && !one.isFixed)
    .map((parameter) => ({ parameter, option: optionOf(parameter) }));

  command.description(inHelp(form.about ?? endpoint.summary));
  for (const place of places) command.addArgument(argumentOf(place));
  for (const { option } of options) command.addOption(option);
  if (endpoint.takesIdempotencyKey) {
    command.option('--id <uuid>', 'of an earlier try, so that nothing is done twice', readId);
  }
  if (endpoint.response === 'csv') {
    command.option('--output <file>', 'a new file (default: standard output)');
  } else {
    command.option('--json', 'for programs', false);
  }
  command.addHelpText('after', helpAfter(endpoint, form));
  command.action(async () => {
    const given = command.opts();
    const values = new Map<Parameter, unknown>();
    for (const [index, place] of places.entries()) values.set(place, command.args[index]);
    for (const { parameter, option } of options) {
      const value = given[option.attributeName()];
      values.set(parameter, value === true ? parameter.given : value);
    }
    const { id, json = false, output } = given;
    finished(await callEndpoint({ endpoint, form, all, values, id, json, output }, context));
  });
}

function memberOf(
  all: readonly Parameter[],
  member: string,
  { name }: CliForm<unknown>,
): Parameter {
  const found = all.find(({ path }) => path.at(-1) === member);
  if (found === undefined) throw new TypeError(`\`${name}\` has no parameter ${member}.`);
  return found;
}

function argumentOf({ name, about, choices }: Parameter): Argument {
  const argument = new Argument(`<${name}>`, about);
  return choices === undefined ? argument : argument.choices(choices);
}

function optionOf({ name, about, type, value, choices, required, otherwise }: Parameter): Option {
  if (type === 'flag') return new Option(`--${name}`, about);
  const option = new Option(`--${name} <${value}>`, about).makeOptionMandatory(required);
  if (choices !== undefined) option.choices(choices);
  return otherwise === undefined || otherwise === '' ? option : option.default(otherwise);
}

function helpAfter(
  { scope, takesIdempotencyKey }: ApiEndpoint,
  { name, example, withoutToken = false }: CliForm<unknown>,
): string {
  const needsToken = scope !== 'read' && !withoutToken;
  return [
    ...(needsToken ? ['', TOKEN] : []),
    ...(takesIdempotencyKey ? [WAITS] : []),
    '',
    'Example:',
    `  creditbridge ${name} ${example}`.trimEnd(),
  ].join('\n');
}

function readId(text: string): string {
  if (z.uuidv7().safeParse(text).success) return text;
  throw new InvalidArgumentError('A UUID of version 7 is wanted, as an earlier try printed it.');
}
