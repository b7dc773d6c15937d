import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

export interface Planner {
  plan(date: string): Promise<Planning>;
  stop(): Promise<void>;
}

const planning = z.object({ milliseconds: z.number(), peakMiB: z.number() });
export type Planning = z.infer<typeof planning>;

/** Starts `planner-process.ts` and waits until it is ready. */
export async function startPlanner(databaseUrl: string): Promise<Planner> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'planner-process.ts'), databaseUrl],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('The planner ended before it answered.');
    return value;
  };
  await nextLine();
  return {
    async plan(date) {
      child.stdin.write(`${date}\n`);
      return planning.parse(JSON.parse(await nextLine()));
    },
    async stop() {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
