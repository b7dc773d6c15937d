import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A page of the stand-in that stands still in a hook. */
export interface HeldHook {
  /** For a file of `includes/hooks`, without the opening tag. */
  readonly php: string;
  /** Resolves when a page has come to the hook; rejects with an Error when none comes. */
  reached(): Promise<void>;
  /** Lets it go on, and every later one pass. */
  release(): void;
}

/** Long, because many things may run at once on a small machine; only a failure waits for it. */
const REACH_LIMIT_MS = 60_000;
/** A test that failed before it released the page does not hold it for ever. */
const HOLD_LIMIT_SECONDS = 60;
/** After the callbacks of everybody else. */
const PRIORITY = 9000;

/** Marks are files in `folder`; `point` is held once per folder, where `condition` in PHP holds for its `$vars`. */
export function holdInHook(point: string, folder: string, condition = 'true'): HeldHook {
  mkdirSync(folder, { recursive: true });
  const [held, go] = [join(folder, `held-${point}`), join(folder, `go-${point}`)];
  return {
    php: `add_hook('${point}', ${PRIORITY}, function ($vars): void {
      if (!(${condition})) {
          return;
      }
      touch('${held}');
      for ($until = time() + ${HOLD_LIMIT_SECONDS}; !file_exists('${go}') && time() < $until;) {
          usleep(20000);
      }
    });`,
    async reached() {
      for (const until = Date.now() + REACH_LIMIT_MS; !existsSync(held); await sleep(20)) {
        if (Date.now() > until) throw new Error(`No page came to the hook ${point}.`);
      }
    },
    release: () => writeFileSync(go, ''),
  };
}
