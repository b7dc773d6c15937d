import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The highest state of the ledger that this process, or one before it on this machine, has seen. */
export interface SeenState {
  readonly epoch: number;
  readonly rounds: bigint;
}

/** Remembers what was seen, in memory and in a small file, so that a database put back to an earlier state is noticed. */
export interface Seen {
  highest(): SeenState | undefined;
  /** Remembers what this process made of it itself. */
  note(now: SeenState): void;
  /** Why the database must have been put back; undefined when it has gone on, which is then remembered. */
  judge(now: SeenState): string | undefined;
  /** Forgets: what was found was looked at by an admin. */
  accept(now: SeenState): void;
  save(): Promise<void>;
}

/** Rounds come every few seconds; a backup that is younger than this many is the newest state for all we know. */
const SAVE_EVERY_ROUNDS = 5n;

const stored = z.object({ epoch: z.int().nonnegative(), rounds: z.string().regex(/^\d{1,20}$/) });

/**
 * @param directory where the file is kept; one file for each installation
 * @param onUnwritable called once when the file can't be written; then only memory remembers
 */
export async function rememberSeen(
  directory: string,
  installation: string,
  onUnwritable: (error: unknown) => void,
): Promise<Seen> {
  const file = join(directory, `ledger-${installation}.json`);
  let highest = await readSeen(file);
  let savedAt = highest?.rounds ?? 0n;
  let isUnwritable = false;
  let saving = Promise.resolve();

  async function write(state: SeenState): Promise<void> {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const next = `${file}.${process.pid}`;
      await writeFile(
        next,
        `${JSON.stringify({ epoch: state.epoch, rounds: String(state.rounds) })}\n`,
      );
      await rename(next, file);
      isUnwritable = false;
    } catch (error) {
      if (!isUnwritable) onUnwritable(error);
      isUnwritable = true;
    }
  }
  function save(): Promise<void> {
    const state = highest;
    if (state === undefined) return saving;
    savedAt = state.rounds;
    saving = saving.then(() => write(state));
    return saving;
  }
  function note(now: SeenState): void {
    const before = highest;
    if (before !== undefined && now.rounds < before.rounds) return;
    highest = now;
    if (before?.epoch !== now.epoch || now.rounds - savedAt >= SAVE_EVERY_ROUNDS) void save();
  }

  return {
    highest: () => highest,
    note,
    judge(now) {
      if (highest !== undefined && now.rounds < highest.rounds) {
        return `The database was put back to an earlier state: its ledger is at round ${now.rounds} of epoch ${now.epoch}, but round ${highest.rounds} of epoch ${highest.epoch} was seen before.`;
      }
      note(now);
      return undefined;
    },
    accept(now) {
      highest = now;
      void save();
    },
    save,
  };
}

async function readSeen(file: string): Promise<SeenState | undefined> {
  try {
    const { epoch, rounds } = stored.parse(JSON.parse(await readFile(file, 'utf8')));
    return { epoch, rounds: BigInt(rounds) };
  } catch {
    // Not there yet, or not ours: what is in the database is all there is to go by.
    return undefined;
  }
}
