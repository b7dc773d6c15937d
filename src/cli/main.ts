import { withEnvFile } from '../config/index.ts';
import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal.ts';

process.exitCode = await withEnvFile((env) =>
  runCli(process.argv.slice(2), { env, terminal: processTerminal }),
);
