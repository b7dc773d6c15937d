import { existsSync, readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';

/**
 * Where one PHP process is stopped, and how. Read by knife.php, which sees each statement on WHMCS's connections.
 *
 * `kill` is SIGKILL; `exit` ends as PHP code can, with shutdown functions; `disconnect` has the server cut the connection; `hold`
 * stops it until its report is removed: alive, but late.
 */
export type Knife = { readonly act: 'kill' | 'exit' | 'disconnect' | 'hold' } & (
  | {
      readonly side: 'before' | 'after';
      /** The how-manieth statement of those that are meant. */
      readonly nth: number;
      /** Only statements that match this (PCRE). */
      readonly match?: string;
      /** Only statements of WHMCS's call for a command, and of hooks that fire in it. */
      readonly inCall?: boolean;
      /** Only statements after which something is different: rows, a lock, or the step of the command's life. */
      readonly changing?: boolean;
    }
  /** In the hook file of another module, when this hook fires during the call for a command. */
  | { readonly hook: string }
);

/** The steps of a command's life in PHP, in order. */
export const phpSteps = [
  'before it is taken',
  'taken',
  'running',
  'in the call',
  'in a hook of the call',
  'answered',
  'stored',
  'committed',
] as const;
export type PhpStep = (typeof phpSteps)[number];

const report = z.object({
  step: z.enum(phpSteps),
  where: z.string(),
  /** The command WHMCS was called for, or ''. */
  command: z.string(),
  /** What WHMCS had written in this call. */
  writes: z.int(),
});

/** What the knife met: written just before it acts. */
export type KnifeReport = z.infer<typeof report>;

/** The report of a process, once its knife has met something. */
export function readReport(path: string): KnifeReport | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  return text === '' ? undefined : report.parse(JSON.parse(text));
}

/** Lets a held process go on. */
export function letGo(path: string): void {
  rmSync(path, { force: true });
}
