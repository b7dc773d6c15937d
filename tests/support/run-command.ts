import { Writable } from 'node:stream';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { Environment } from '../../src/config/environment.ts';
import type { SettingsFile } from '../../src/config/settings-file.ts';

export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** Where the command looks for the settings and for what is beside them. */
  readonly settings?: SettingsFile;
  /** Who answers questions; nobody when absent. */
  readonly ask?: Terminal['ask'];
}

const NO_FILE: SettingsFile = { path: '/nonexistent/creditbridge.env', isNamed: false };

/** Runs one command line of `creditbridge` in this process. */
export async function runCommand(
  args: readonly string[],
  env: Environment = {},
  { settings = NO_FILE, ask }: RunOptions = {},
): Promise<CommandOutcome> {
  const out: string[] = [];
  const err: string[] = [];
  let file = '';
  const code = await runCli(args, {
    env,
    given: env,
    settings,
    terminal: {
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      stdout: new Writable({
        write(chunk, _encoding, done) {
          file += chunk;
          done();
        },
      }),
      ask,
    },
  });
  return { code, out: out.join('\n') + file, err: err.join('\n') };
}
