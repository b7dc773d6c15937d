import { type RefusalCode, refusals } from '../../bridge/index.ts';
import type { Logger } from '../base/index.ts';

/** Tells the operator about refused calls: a line a minute for each reason, however many there are. */
export interface RefusalLog {
  /** @param remedy what to do about it. */
  tell(code: string, remedy: string): void;
  /** Logs how many were left out where a minute is over; call it now and then. */
  flush(): void;
}

const SAY_AGAIN_MS = 60_000;

export function createRefusalLog({
  log,
  now,
}: {
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}): RefusalLog {
  const reasons = new Map<string, { saidAt: number; leftOut: number; remedy: string }>();

  function say(code: string, remedy: string, leftOut: number): void {
    log.warn({ code, remedy, leftOut }, 'Calls are refused');
    reasons.set(code, { saidAt: now(), leftOut: 0, remedy });
  }

  return {
    tell(code, remedy) {
      const reason = reasons.get(code);
      if (reason !== undefined && now() - reason.saidAt < SAY_AGAIN_MS) reason.leftOut += 1;
      else say(code, remedy, reason?.leftOut ?? 0);
    },
    flush() {
      for (const [code, { saidAt, leftOut, remedy }] of reasons) {
        if (now() - saidAt < SAY_AGAIN_MS) continue;
        if (leftOut > 0) say(code, remedy, leftOut);
        else reasons.delete(code);
      }
    },
  };
}

const HEADERS =
  'A proxy removes the webhook-* headers, or another program than the addon calls this port.';
const CLOCKS =
  'The clocks of WHMCS and of this service are more than 300 s apart. Keep both on NTP; `creditbridge doctor` compares the clocks of service and database.';

const REMEDIES: Partial<Readonly<Record<RefusalCode, string>>> = {
  'signature-wrong':
    'The secrets differ. Press Show the secrets under Connection on the addon page, put both lines into the settings of this service, and restart it. If WHMCS delivers all the same, somebody else calls this port.',
  'signature-missing': HEADERS,
  'id-missing': HEADERS,
  'timestamp-missing': HEADERS,
  'timestamp-too-old': CLOCKS,
  'timestamp-too-new': CLOCKS,
  'body-too-large': 'The addon sends no such message. See who can reach this port.',
  'wrong-address': 'A proxy changes the path. Let it pass paths as they are, without a prefix.',
  'wrong-installation':
    'Another WHMCS sends here, or CREDITBRIDGE_INSTALLATION is wrong. Each WHMCS needs its own service.',
  'not-paired': 'Press Test the connection under Connection on the addon page.',
};

/** Says what an operator does about calls that are refused for this reason. */
export function remedyFor(code: RefusalCode): string {
  return REMEDIES[code] ?? refusals[code].meaning;
}
