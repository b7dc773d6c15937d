import { exitCodes, readConfig } from '../../config/index.ts';
import type { Command } from '../command-context.ts';
import type { Check } from '../doctor/check.ts';
import { examine } from '../doctor/examine.ts';
import { writeReport } from '../doctor/write-report.ts';
import { formatTable } from '../terminal.ts';

const MARKS: Readonly<Record<Check['level'], string>> = {
  good: '✔',
  warn: '!',
  bad: '✘',
  idle: '·',
};

/** Checks everything that must be right, and reports what to do about problems. */
export const doctorCommand: Command<{
  readonly json: boolean;
  readonly report: boolean;
}> = async ({ json, report }, { env, terminal }) => {
  const facts = await examine(readConfig(env));
  const { checks } = facts;
  if (report) {
    for (const line of writeReport(facts)) terminal.out(line);
  } else if (json) {
    terminal.out(JSON.stringify({ checks }, null, 2));
  } else {
    const rows = checks.flatMap(({ level, name, says, remedy }) => [
      [MARKS[level], name, says],
      ...(remedy === undefined ? [] : [['', '', `→ ${remedy}`]]),
    ]);
    for (const line of formatTable(rows)) terminal.out(line);
  }
  return checks.some(({ level }) => level === 'bad') ? exitCodes.problem : exitCodes.ok;
};
