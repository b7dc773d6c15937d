import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// Runs on the Node that happens to be there, before anything is installed.

const script = fileURLToPath(new URL('keeper.sh', import.meta.url));
let keeper;

/**
 * Tells our keeper, a small process beside us that ends what we started once we are gone (keeper.sh): `started -123`.
 */
export function tellKeeper(line) {
  if (keeper === undefined) {
    // In a group of its own, and holding nothing of ours: neither Ctrl-C nor a folder that goes away ends it before us.
    keeper = spawn('sh', [script], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    keeper.unref();
    keeper.stdin.unref();
    keeper.stdin.on('error', () => undefined);
  }
  keeper.stdin.write(`${line}\n`);
}
