import type { Terminal } from './terminal.ts';

/** A line is redrawn this often on a terminal, and written this often elsewhere. */
const REDRAW_MS = 200;
const WRITE_MS = 5000;
const BAR_WIDTH = 30;

export interface ProgressBar {
  /**
   * @param part of the work that is done, from 0 to 1.
   * @param isLast It is shown in any case, and stays.
   */
  show(part: number, line: string, isLast?: boolean): void;
  /** Nothing is shown after it. */
  end(): void;
}

/** On a terminal one line with a bar, elsewhere a line every few seconds. */
export function createProgressBar(terminal: Terminal): ProgressBar {
  const isTerminal = process.stderr.isTTY === true;
  let shownAt = Date.now();
  let stays = false;
  return {
    show(part, line, isLast = false) {
      if (!isLast && Date.now() - shownAt < (isTerminal ? REDRAW_MS : WRITE_MS)) return;
      shownAt = Date.now();
      stays = isLast;
      if (isTerminal) process.stderr.write(`\r\u001B[K${drawn(part)} ${line}`);
      else terminal.err(line);
    },
    end() {
      if (isTerminal) process.stderr.write(stays ? '\n' : '\r\u001B[K');
    },
  };
}

function drawn(part: number): string {
  const full = Math.min(BAR_WIDTH, Math.floor(part * BAR_WIDTH));
  return `[${'#'.repeat(full)}${' '.repeat(BAR_WIDTH - full)}]`;
}
