import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The newest state of the ledger that this process, or an earlier one on this machine, has seen. */
export interface SeenState {
  readonly epoch: number;
  readonly rounds: bigint;
}

/** Remembers the newest state in memory and in a small file, to notice when the database is restored to an earlier one. */
export interface Seen {
  highest(): SeenState | undefined;
  /** Remembers a state that this process made itself. */
  note(now: SeenState): void;
  /** Tells why the database must have been restored; undefined when the state is newer, which is then remembered. */
  judge(now: SeenState): string | undefined;
  /** Takes an older state as the newest, because an admin has looked at it. */
  accept(now: SeenState): void;
  save(): Promise<void>;
}

/** A restore to a state that is only this many rounds old may not be noticed; a round takes a few seconds. */
const SAVE_EVERY_ROUNDS = 5n;

const stored = z.object({ epoch: z.int().nonnegative(), rounds: z.string().regex(/^\d{1,20}$/) });

/**
 * @param directory holds one file for each installation
 * @param onUnwritable is called once when the file cannot be written; from then on only memory remembers
 */
export async function rememberSeen(
  directory: string,
  installation: string,
  onUnwritable: (error: unknown) => void,
): Promise<Seen> {
  const file = seenFile(directory, installation);
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

/** Where the state of an installation is remembered. */
export function seenFile(directory: string, installation: string): string {
  return join(directory, `ledger-${installation}.json`);
}

async function readSeen(file: string): Promise<SeenState | undefined> {
  try {
    const { epoch, rounds } = stored.parse(JSON.parse(await readFile(file, 'utf8')));
    return { epoch, rounds: BigInt(rounds) };
  } catch {
    // The file does not exist yet, or is not ours: only the database can tell.
    return undefined;
  }
}
