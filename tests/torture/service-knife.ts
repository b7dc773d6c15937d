import { existsSync, readFileSync, renameSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

// Loaded into the service by `node --import` (NODE_OPTIONS), beside its unchanged code: kills the process, by SIGKILL, around the
// COMMIT of what was decided. TORTURE_SERVICE_KNIFE names a file; what stands in it says where. The file is renamed at death.

/** Where the service can be killed: its transaction with commands not committed, committed but not answered, answered. */
export const serviceSteps = ['before-commit', 'after-commit', 'after-reply'] as const;
export type ServiceStep = (typeof serviceSteps)[number];

/** Writes what a rule decided: commands, or rows of ours. */
const DECIDES =
  /(insert (ignore )?into `?mod_creditbridge_(commands|reservations|parkings|frozen_clients)|set released_because)/i;

const file = process.env['TORTURE_SERVICE_KNIFE'] ?? '';
if (file !== '' && isMainThread) watch();

function watch(): void {
  const writing = new WeakSet<Socket>();
  let hasCommitted = false;
  const write = Socket.prototype.write;
  // Every overload comes down to these arguments.
  Socket.prototype.write = function (this: Socket, ...args: Parameters<Socket['write']>) {
    const text = Buffer.isBuffer(args[0]) ? args[0].toString('latin1') : '';
    if (DECIDES.test(text)) writing.add(this);
    if (writing.has(this) && /\bcommit\b/i.test(text)) {
      writing.delete(this);
      dieAt('before-commit');
      // After the driver has read the answer, and before anything is written because of it.
      this.once('data', () => {
        hasCommitted = true;
        dieAt('after-commit');
      });
    }
    return write.apply(this, args);
  } as Socket['write'];

  const end = ServerResponse.prototype.end;
  ServerResponse.prototype.end = function (
    this: ServerResponse,
    ...args: Parameters<ServerResponse['end']>
  ) {
    if (hasCommitted && this.req.method === 'POST') {
      this.once('finish', () => dieAt('after-reply'));
    }
    return end.apply(this, args);
  } as ServerResponse['end'];
}

function dieAt(step: ServiceStep): void {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== step) return;
  renameSync(file, `${file}.died`);
  process.kill(process.pid, 'SIGKILL');
}
