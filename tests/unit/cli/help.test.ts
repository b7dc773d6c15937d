import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../../../src/cli/create-program.ts';

const terminal = { out: () => {}, err: () => {} };
// Help is asked of the commands themselves; nothing is run.
const program = createProgram({ env: {}, terminal } as never, () => {});

const commands = allOf(program, []);

test('every command says what it is for, and what each argument and option is', () => {
  const silent = commands.flatMap(({ path, command }) => [
    ...(command.description() === '' ? [path] : []),
    ...[...command.registeredArguments, ...command.options].flatMap((one) =>
      one.description === '' ? [`${path}: ${one.name()}`] : [],
    ),
  ]);
  expect(silent).toEqual([]);
});

test('the help of every command has an example and the exit codes', () => {
  const lacking = commands.filter(({ path, command }) => {
    const help = helpOf(command);
    const isGroup = command.commands.length > 0;
    const hasExample = new RegExp(`^Examples?:\n  .*creditbridge ${path}`, 'm').test(help);
    return !(isGroup || hasExample) || help.split('Exit codes: 0 done').length !== 2;
  });
  expect(lacking.map(({ path }) => path)).toEqual([]);
});

test('commands say what to do, as a request', () => {
  const told = commands.map(({ command }) => command.description().split(' ')[0] ?? '');
  const ASSERTED = /^(gives|keeps|lets|saves|stops|agrees|chooses|takes|adds)$/;
  expect(told.filter((word) => ASSERTED.test(word))).toEqual([]);
});

interface Named {
  /** `ledger export entries` */
  readonly path: string;
  readonly command: Command;
}

function allOf(parent: Command, words: readonly string[]): readonly Named[] {
  return parent.commands.flatMap((command) => {
    const path = [...words, command.name()];
    return [{ path: path.join(' '), command }, ...allOf(command, path)];
  });
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return help;
}
