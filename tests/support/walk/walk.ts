import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { project, ROOT } from '../release/project.ts';
import { type BillingServer, WHMCS } from './billing-server.ts';
import { createHands, type Hands } from './hands.ts';
import type { Machine } from './machine.ts';
import { readSteps } from './read-document.ts';
import type { Transcript } from './transcript.ts';

/** Several times of what a busy machine needs; only a failure waits for it. */
const PAID_MS = 90_000;

/** By the bold title of a step: what it tells a person to do after its commands. */
export type Acts = Readonly<Record<string, () => Promise<void>>>;

/** What every part of the walk works with: a machine, and who sits there. */
export interface Walk {
  readonly machine: Machine;
  readonly billing: BillingServer;
  readonly hands: Hands;
  readonly transcript: Transcript;
  /**
   * Runs a section of docs/operators.md, or the steps of it that are named, in the folder with the files of a release. What a step
   * tells a person to do is `acts`, or else what the hands do.
   *
   * @throws at the first step that fails, and when a title that is named is not that of one step.
   */
  follow(
    heading: string,
    version: string,
    options?: { readonly only?: readonly string[]; readonly acts?: Acts },
  ): Promise<void>;
  /** Gives a client credit and an invoice, and waits until our rule has paid it. */
  decide(): Promise<void>;
  /** Waits until our rule has paid this invoice. */
  expectPaid(invoice: string): Promise<void>;
  /** A call of WHMCS's cron, as its crontab makes it every five minutes. */
  runCron(...args: readonly string[]): Promise<void>;
}

/** Where a server has the files of a release. */
export function folderOf(version: string): string {
  return `/srv/release-${version}`;
}

/** Somebody with a shell on this machine and with WHMCS in a browser. */
export function createWalk(machine: Machine, billing: BillingServer, transcript: Transcript): Walk {
  const hands = createHands(machine, billing, folderOf(project.version));
  const document = readFileSync(join(ROOT, 'docs/operators.md'), 'utf8');
  const walk: Walk = {
    machine,
    billing,
    hands,
    transcript,
    async follow(heading, version, { only, acts = actsBelow(hands, heading) } = {}) {
      transcript.section(heading);
      const steps = readSteps(document, heading);
      for (const title of [...(only ?? []), ...Object.keys(acts)]) {
        const found = steps.filter((step) => step.title === title);
        assert.equal(found.length, 1, `Steps ${title} below ${heading}: ${found.length}.`);
      }
      for (const { title, blocks } of steps) {
        if (only !== undefined && !only.includes(title)) continue;
        for (const block of blocks) {
          // The only names that the document tells its reader to replace.
          const script = block.replaceAll('https://billing.example.com', billing.url);
          await transcript.run(script, () => machine.run(script, { cwd: folderOf(version) }));
        }
        const act = acts[title];
        if (act !== undefined) await transcript.act(title, act);
      }
    },
    async decide() {
      await walk.expectPaid(await hands.giveCreditAndInvoice());
    },
    async expectPaid(invoice) {
      const until = Date.now() + PAID_MS;
      const state = () =>
        billing.query(`SELECT status, credit FROM tblinvoices WHERE id = ${invoice}`);
      for (; (await state()) !== 'Paid\t6.00'; await sleep(500)) {
        assert.ok(Date.now() < until, `Invoice #${invoice} was not paid by credit.`);
      }
      transcript.note(`invoice #${invoice} is paid by credit`);
    },
    async runCron(...args) {
      const php = ['php', `${WHMCS}/crons/cron.php`, ...args].join(' ');
      await machine.must(`setpriv --reuid=www-data --regid=www-data --clear-groups ${php}`);
    },
  };
  return walk;
}

function actsBelow({ steps }: Hands, heading: string): Acts {
  const begins = `${heading.replace(/^#+ /, '')}: `;
  return Object.fromEntries(
    Object.entries(steps).flatMap(([step, act]) =>
      step.startsWith(begins) ? [[step.slice(begins.length), act] as const] : [],
    ),
  );
}
