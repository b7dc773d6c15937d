#!/usr/bin/env node
import { loadEnvFile } from '../config/index.ts';
import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal.ts';

loadEnvFile();
process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  terminal: processTerminal,
});
