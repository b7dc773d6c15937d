import type { Environment } from '../config/index.ts';
import type { Terminal } from './terminal.ts';

/** What every command is given. */
export interface CommandContext {
  readonly env: Environment;
  readonly terminal: Terminal;
}

/** Runs a command and returns the exit code. Faults are thrown; `runCli` converts them to sentences and codes. */
export type Command<Options> = (options: Options, context: CommandContext) => Promise<number>;
