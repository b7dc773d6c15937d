import { Writable } from 'node:stream';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Environment } from '../../src/config/environment.ts';

export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line of `creditbridge` in this process. */
export async function runCommand(
  args: readonly string[],
  env: Environment = {},
): Promise<CommandOutcome> {
  const out: string[] = [];
  const err: string[] = [];
  let file = '';
  const code = await runCli(args, {
    env,
    terminal: {
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      stdout: new Writable({
        write(chunk, _encoding, done) {
          file += chunk;
          done();
        },
      }),
    },
  });
  return { code, out: out.join('\n') + file, err: err.join('\n') };
}
