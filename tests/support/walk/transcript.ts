import { appendFileSync, writeFileSync } from 'node:fs';
import { ProcessError } from '../processes.ts';
import type { Ran } from './machine.ts';

/** Longer output is cut in the middle. */
const SHOWN_LINES = 24;

export interface Transcript {
  section(title: string): void;
  /** Runs what the document says and keeps what it printed. Throws {@link ProcessError} when it fails. */
  run(script: string, act: () => Promise<Ran>): Promise<void>;
  /** Does what the document tells a person to do in WHMCS. */
  act(title: string, act: () => Promise<void>): Promise<void>;
  note(text: string): void;
  lastOutput(): string;
  elapsedMs(): number;
}

/** Writes what was done to a file and to standard output while it is done, each with the seconds since the beginning. */
export function createTranscript(file: string): Transcript {
  const started = Date.now();
  let last = '';
  writeFileSync(file, '');
  const write = (text: string) => {
    appendFileSync(file, `${text}\n`);
    console.log(text);
  };
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const at = () => seconds(Date.now() - started).padStart(8);
  return {
    section: (title) => write(`\n${at()}  ${title.replace(/^#+ /, '== ')}`),
    async run(script, act) {
      write(`${at()}  $ ${script.split('\n').join('\n            ')}`);
      const began = Date.now();
      const { code, output } = await act();
      last = output;
      const lines = shorten(output.trim().split('\n')).filter((line) => line !== '');
      for (const line of lines) write(`            | ${line}`);
      write(`${at()}  ended with ${code} after ${seconds(Date.now() - began)}`);
      if (code !== 0)
        throw new ProcessError(`This step of the document failed: ${script}\n${output}`);
    },
    async act(title, act) {
      await act();
      write(`${at()}  by hand: ${title}`);
    },
    note: (text) => write(`${at()}  ${text}`),
    lastOutput: () => last,
    elapsedMs: () => Date.now() - started,
  };
}

function shorten(lines: readonly string[]): readonly string[] {
  if (lines.length <= SHOWN_LINES) return lines;
  const half = SHOWN_LINES / 2;
  return [
    ...lines.slice(0, half),
    `… ${lines.length - SHOWN_LINES} lines …`,
    ...lines.slice(-half),
  ];
}
