import type { Environment, SettingsFile } from '../config/index.ts';
import type { Terminal } from './terminal.ts';

/** What every command is given. */
export interface CommandContext {
  /** The settings; read when a command first asks for them, which throws {@link ConfigurationError} when they cannot be read. */
  readonly env: Environment;
  /** The environment as it was given, without the file of settings. */
  readonly given: Environment;
  /** Where the settings are. */
  readonly settings: SettingsFile;
  readonly terminal: Terminal;
}

/** Runs a command and returns the exit code. Faults are thrown; `runCli` converts them to sentences and codes. */
export type Command<Options> = (options: Options, context: CommandContext) => Promise<number>;
