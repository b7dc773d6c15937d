import type { Logger } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type AskedPreview, endPreview, insertPreview, type Started } from './kept-preview.ts';
import { FAILED } from './run-kept.ts';

export interface Previews {
  /** Begins a preview; its page shows how far it is. */
  start(asked: AskedPreview): Promise<Started>;
  /** Ends those that run here. */
  close(): Promise<void>;
}

/** Works on a preview that was written down: in this thread (`runKept`), or in another one. */
export type PreviewRunner = (id: string, signal: AbortSignal) => Promise<void>;

/** Previews that admins ask for, which go on after the request. Their state stands in the database, because a page may be asked of another replica. */
export function createPreviews({
  db,
  run,
  log,
}: {
  readonly db: Db;
  readonly run: PreviewRunner;
  readonly log: Logger;
}): Previews {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();

  async function work(id: string): Promise<void> {
    try {
      await run(id, stopping.signal);
    } catch (error) {
      log.error({ err: error, preview: id }, 'A preview failed');
      // Where the database is gone as well, the row ends by its age.
      await endPreview(db, id, { state: 'failed', says: FAILED }).catch(() => undefined);
    }
  }

  return {
    async start(asked) {
      const started = await insertPreview(db, asked);
      if (started.outcome === 'started') {
        const working = work(asked.id).finally(() => running.delete(working));
        running.add(working);
      }
      return started;
    },
    async close() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
