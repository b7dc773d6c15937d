import { exitCodes, loadSettings, settingsFile } from '../config/index.ts';
import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal.ts';

const given = { ...process.env };
let env: ReturnType<typeof loadSettings> | undefined;

// `| head` has read enough; nobody waits for the rest.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
});

process.exitCode = await runCli(process.argv.slice(2), {
  /** Help and a first `init` need no settings. */
  get env() {
    env ??= loadSettings();
    return env;
  },
  given,
  settings: settingsFile(given),
  terminal: processTerminal,
});
