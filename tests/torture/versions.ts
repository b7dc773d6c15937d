import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { WHMCS_VARIABLE, WHMCS_VERSIONS, whmcsCalled } from '../support/whmcs-version.ts';

// Runs the suites that meet WHMCS on each of its versions, one after the other: `npm run torture -- --versions`.

const ROOT = join(import.meta.dirname, '../..');
/** The suites of the stand-in itself show both majors side by side already. */
const SUITES = ['tests/integration', 'tests/e2e', '--exclude', 'tests/integration/stand-in-*'];

const asked = process.argv.slice(2).filter((one) => one !== '--versions');
const versions = asked.length > 0 ? asked : Object.keys(WHMCS_VERSIONS);
for (const name of versions) whmcsCalled(name);

const summaries: string[] = [];
for (const name of versions) {
  console.log(`\nWHMCS ${name}`);
  const { code, summary } = await runOn(name);
  summaries.push(`${name.padEnd(14)}${summary}`);
  if (code !== 0) process.exitCode = 1;
}
console.log(`\n${summaries.join('\n')}`);

/** Runs the suites on this version, with their output; the summary is their last line. */
async function runOn(name: string): Promise<{ code: number; summary: string }> {
  const child = spawn('vitest', ['run', '--config', 'tests/vitest.config.ts', ...SUITES], {
    cwd: ROOT,
    env: { ...process.env, [WHMCS_VARIABLE]: name },
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  let summary = 'ended without a summary';
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    summary = lines.findLast((line) => line.startsWith('Tests: ')) ?? summary;
  });
  const code = await new Promise<number>((resolve) =>
    child.once('close', (ended) => resolve(ended ?? 1)),
  );
  return { code, summary };
}
