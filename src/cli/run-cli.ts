import { CommanderError } from 'commander';
import { ConfigurationError, Fault, StorageError } from '../base/index.ts';
import { exitCodes } from '../config/index.ts';
import type { CommandContext } from './command-context.ts';
import { createProgram } from './create-program.ts';

/**
 * Runs one command line.
 *
 * @param args without the program's own name.
 * @returns the exit code; nothing is thrown that an operator could cause.
 */
export async function runCli(args: readonly string[], context: CommandContext): Promise<number> {
  let code: number = exitCodes.ok;
  const program = createProgram(context, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed the problem; `--help` is not a mistake.
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    }
    return explain(error, context);
  }
}

function explain(error: unknown, { terminal }: CommandContext): number {
  if (error instanceof ConfigurationError) {
    terminal.err(error.message);
    return exitCodes.configuration;
  }
  if (isDriverError(error)) {
    terminal.err(`The database refused: ${error.message || error.code}.`);
    return exitCodes.database;
  }
  if (error instanceof Fault) {
    terminal.err(error.message);
    return error instanceof StorageError ? exitCodes.database : exitCodes.problem;
  }
  throw error;
}

/** What mysql2 throws: the server is gone, does not let us in, or does not do what was asked. */
function isDriverError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && ('errno' in error || 'sqlState' in error);
}
