import type { KeyObject } from 'node:crypto';
import axios from 'axios';
import { type DoorbellRequest, PROTOCOL, sign } from '../../bridge/index.ts';
import type { Logger } from '../base/index.ts';

/** Tells WHMCS about waiting commands, so that they need not wait for its cron. */
export interface Doorbell {
  /** Rings soon. Several calls make one ring; a failed ring is only counted, since cron comes anyway. */
  ring(): void;
  /** Sends a pending ring now and waits for it. */
  close(): Promise<void>;
}

export interface DoorbellDependencies {
  /** WHMCS's system URL, without a slash at the end; https, or an address of this machine. */
  readonly whmcsUrl: string;
  readonly keys: readonly KeyObject[];
  /** Undefined while the addon is not activated, or this service may not act. */
  readonly installation: () => Promise<string | undefined>;
  /** Whether the shim can move on any command now; if not, WHMCS is not rung. */
  readonly canWork: () => Promise<boolean>;
  readonly newId: () => string;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly onRing: (outcome: 'ok' | 'failed') => void;
  /** Called when WHMCS does not believe the ring, with what to do. */
  readonly onRefused?: (code: string, remedy: string) => void;
  readonly log: Logger;
}

const ADDRESS = 'POST /modules/addons/creditbridge/doorbell.php';
/** The shim answers before it works. */
const TIMEOUT_MS = 3000;
const REFUSED_REMEDY =
  'WHMCS does not believe the doorbell of this service. Compare CREDITBRIDGE_SECRET_TO_WHMCS with what Show the secrets prints on the addon page, CREDITBRIDGE_WHMCS_URL, and the clocks of both sides.';
/** Commands written within this time share one ring. */
const COALESCE_MS = 200;

export function createDoorbell(dependencies: DoorbellDependencies): Doorbell {
  let timer: NodeJS.Timeout | undefined;
  let ringing = Promise.resolve();
  const ringNow = () => {
    clearTimeout(timer);
    timer = undefined;
    ringing = ringing.then(() => ringOnce(dependencies));
  };
  return {
    ring() {
      timer ??= setTimeout(ringNow, COALESCE_MS);
    },
    async close() {
      if (timer !== undefined) ringNow();
      await ringing;
    },
  };
}

async function ringOnce(dependencies: DoorbellDependencies): Promise<void> {
  const { whmcsUrl, keys, installation, canWork, newId, now, onRing, onRefused, log } =
    dependencies;
  try {
    const known = await installation();
    if (known === undefined || !(await canWork())) return;
    const content: DoorbellRequest = { protocol: PROTOCOL, to: ADDRESS, installation: known };
    const body = Buffer.from(JSON.stringify(content));
    const id = newId();
    const timestamp = Math.floor(now() / 1000);
    await axios.post(whmcsUrl + ADDRESS.slice('POST '.length), body, {
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign(keys, id, timestamp, body),
      },
      timeout: TIMEOUT_MS,
      // A redirect or proxy would reveal a valid signature.
      maxRedirects: 0,
      proxy: false,
      maxContentLength: 1024,
      responseType: 'text',
      validateStatus: (status) => status === 204,
    });
    onRing('ok');
  } catch (error) {
    onRing('failed');
    const reason = axios.isAxiosError(error) ? (error.response?.status ?? error.code) : 'unknown';
    if (reason === 401) onRefused?.('doorbell-refused', REFUSED_REMEDY);
    log.info({ reason }, 'WHMCS did not answer the doorbell; its cron will run the commands');
  }
}
