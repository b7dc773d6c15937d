import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeExit, removeAtExit, removeFolder, startProcess } from './processes.ts';

export interface PhpunitCase {
  /** `SpoolTest`, without its namespace. */
  readonly suite: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** PHPUnit's own words when it did not pass. */
  readonly message: string;
}

export interface PhpunitRun {
  readonly exit: string;
  readonly output: string;
  readonly cases: readonly PhpunitCase[];
}

/** Runs PHPUnit with the configuration of a folder, and reads the outcome of each of its tests. */
export async function runPhpunit(
  configuration: string,
  env: Readonly<Record<string, string>>,
): Promise<PhpunitRun> {
  const folder = mkdtempSync(join(tmpdir(), 'creditbridge-phpunit-'));
  removeAtExit(folder);
  const log = join(folder, 'junit.xml');
  const phpunit = startProcess({
    command: 'phpunit',
    args: ['--configuration', configuration, '--colors=never', '--log-junit', log],
    env,
    name: 'PHPUnit',
  });
  const exit = describeExit(await phpunit.exited);
  const cases = existsSync(log) ? parseJunit(readFileSync(log, 'utf8')) : [];
  removeFolder(folder);
  return { exit, output: phpunit.output(), cases };
}

/** PHPUnit writes one element per test, empty when it passed, and encodes every text. */
function parseJunit(xml: string): PhpunitCase[] {
  const elements = xml.matchAll(
    /<testcase name="([^"]*)" class="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs,
  );
  return [...elements].map(([, name = '', className = '', content = '']) => {
    const isSkipped = content.includes('<skipped');
    const isFailed = /<(?:failure|error|warning)\b/.test(content);
    return {
      suite: decode(className).split('\\').at(-1) ?? '',
      name: decode(name),
      outcome: isFailed ? 'failed' : isSkipped ? 'skipped' : 'passed',
      message: decode(content.replaceAll(/<[^>]*>/g, '')).trim(),
    };
  });
}

function decode(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    amp: '&',
  };
  return text.replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, number, name) =>
    number === undefined ? (entities[name] ?? whole) : String.fromCodePoint(Number(number)),
  );
}
