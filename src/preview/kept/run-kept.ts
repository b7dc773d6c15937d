import { WhmcsError } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Engine } from '../../rules/engine/index.ts';
import type { RunStore } from '../../runs/index.ts';
import { previewPast } from '../past/preview-past.ts';
import { previewTomorrow } from '../preview-tomorrow.ts';
import type { PreviewProgress } from '../previewed.ts';
import { beat, endPreview, findPreview } from './kept-preview.ts';
import { writeResult } from './stored-result.ts';

export interface KeptRun {
  readonly db: Db;
  readonly engine: Engine;
  readonly store: RunStore;
  /** The service stops. */
  readonly signal: AbortSignal;
}

/** So often is told how far it is, and asked whether it is still wanted. */
const BEAT_MS = 1000;

const SERVICE_STOPS = 'The service was stopped. Run it again.';
export const FAILED = 'It failed, and the service’s log says why. Run it again.';

/**
 * Works on a preview that was written down, until it is done or no longer wanted, and writes down how it ended. A fault with a
 * sentence for people ends it with that sentence.
 *
 * @throws what nobody expected, after the failure was written down
 */
export async function runKept({ db, engine, store, signal }: KeptRun, id: string): Promise<void> {
  const asked = await findPreview(db, id);
  if (asked === undefined || asked.state !== 'running') return;
  const unwanted = new AbortController();
  let progress: PreviewProgress = { done: 0, of: 0 };
  const tell = async () => {
    if (!(await beat(db, id, progress))) unwanted.abort();
  };
  const beats = setInterval(() => {
    // Without its row nobody sees it; the row ends by its age.
    tell().catch(() => unwanted.abort());
  }, BEAT_MS);
  try {
    const options = {
      db,
      engine,
      // Whatever the mode chosen in the form: what the rule would do is what is asked.
      drafts: [{ ...asked.draft, mode: 'on' } as const],
      signal: AbortSignal.any([signal, unwanted.signal]),
      onProgress: (now: PreviewProgress) => {
        progress = now;
      },
    };
    const previewed =
      asked.span === 'tomorrow'
        ? await previewTomorrow(options, store)
        : await previewPast(options);
    await tell();
    await endPreview(db, id, { state: 'done', result: writeResult(previewed) });
  } catch (error) {
    // What was stopped or left has ended already, and stays as it is.
    if (unwanted.signal.aborted) return;
    const known = signal.aborted ? SERVICE_STOPS : error instanceof WhmcsError && error.message;
    await endPreview(db, id, { state: 'failed', says: known || FAILED });
    if (!known) throw error;
  } finally {
    clearInterval(beats);
  }
}
