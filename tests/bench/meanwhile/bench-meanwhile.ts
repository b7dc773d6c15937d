import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as newId } from 'uuid';
import { deliveriesReply, runReply } from '../../../bridge/index.ts';
import { dayIn } from '../../../src/today/index.ts';
import type { DatabaseAddress } from '../../support/database-server.ts';
import { hookItem } from '../../support/hook-item.ts';
import { fillOpenInvoices, turnOnAutoApply } from '../../support/open-invoices.ts';
import { createServiceDatabase, type ServiceDatabase } from '../../support/service-database.ts';
import { timed } from '../measure.ts';
import { duration, type Finding } from '../report.ts';
import { createCall, postCall } from '../signed-call.ts';
import { type CallTarget, startBenchService } from '../start-bench-service.ts';

const ZONE = 'Europe/Berlin';
/** Today: a run of any other date is held. */
const DATE = dayIn(ZONE, new Date());
const INVOICES = 100_000;
const WARM_UP_HOOKS = 300;
const IDLE_HOOKS = 1_000;
/** Time between an answer and the next hook. */
const PAUSE_MS = 10;

/**
 * How long an inline hook waits while the service plans a run over 100 000 invoices, beside the same hook while it has nothing else
 * to do. The hooks are about invoices of clients without credit, whom the run does not lock: what is measured is the
 * service, not the wait for a client whose invoices are being planned.
 */
export async function benchMeanwhile(server: DatabaseAddress): Promise<readonly Finding[]> {
  const database = await prepare(server);
  const service = await startBenchService(database);
  const { target } = service;
  const agent = new Agent({ keepAlive: true });
  const invoices = await invoicesWithoutCredit(database);
  const hooks = createHooks(target, invoices, agent);

  await hooks.send(WARM_UP_HOOKS);
  const idle = await hooks.send(IDLE_HOOKS);
  let planning = true;
  const planned = planRun(target, agent).finally(() => {
    planning = false;
  });
  const during: number[] = [];
  while (planning) during.push(...(await hooks.send(1)));
  const tookMs = await planned;
  agent.destroy();
  await service.process.stop();
  await database.drop();

  return [50, 99, 100].map((percent): Finding => {
    const [ours, theirs] = [percentile(during, percent), percentile(idle, percent)];
    return {
      what:
        percent === 100
          ? 'inline hook during a run, the slowest'
          : `inline hook during a run, ${percent} % within`,
      ours: duration(ours),
      against: 'the same hook, nothing else to do',
      theirs: duration(theirs),
      ratio: ours / theirs,
      ...(percent === 50
        ? {
            note: `${during.length} hooks while the run was planned, which took ${duration(tookMs)}`,
          }
        : {}),
    };
  });
}

async function prepare(server: DatabaseAddress): Promise<ServiceDatabase> {
  const database = await createServiceDatabase(server);
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  await fillOpenInvoices(connection, { invoices: INVOICES, date: DATE });
  await turnOnAutoApply(connection);
  await connection.query('ANALYZE TABLE tblclients, tblinvoices, tblinvoiceitems, tblaccounts');
  connection.destroy();
  return database;
}

async function invoicesWithoutCredit(database: ServiceDatabase): Promise<readonly number[]> {
  const rows = await database.query<{ id: number }>(
    `SELECT i.id FROM tblinvoices i JOIN tblclients c ON c.id = i.userid WHERE c.credit = 0`,
  );
  return rows.map(({ id }) => id);
}

function createHooks(target: CallTarget, invoices: readonly number[], agent: Agent) {
  let next = 0;

  /** Sends so many hooks, one after another, and gives the milliseconds that each waited for its answer. */
  async function send(count: number): Promise<number[]> {
    const waited: number[] = [];
    for (let sent = 0; sent < count; sent++) {
      const invoiceid = invoices[next++ % invoices.length];
      const data = { source: 'autogen', user: 'system', invoiceid, status: 'Unpaid' };
      const item = hookItem('InvoiceCreated', data, {
        answer: 'inline',
        whmcs: { version: '8.13.1', date: DATE, zone: ZONE },
      });
      const call = createCall(target, 'POST /v1/deliveries', { items: [item] }, item.id);
      let reply = '';
      waited.push(
        await timed(async () => {
          reply = await postCall(target, call, agent);
        }),
      );
      const [result] = deliveriesReply.parse(JSON.parse(reply)).results;
      if (result?.outcome !== 'accepted') throw new Error(`A hook was ${result?.outcome}.`);
      await sleep(PAUSE_MS);
    }
    return waited;
  }

  return { send };
}

/** Has the run of the day planned, as cron does, and gives the milliseconds until no invoice was left. */
function planRun(target: CallTarget, agent: Agent): Promise<number> {
  return timed(async () => {
    for (;;) {
      const run = { date: DATE, zone: ZONE, moment: 'AfterCronJob' };
      const call = createCall(target, 'POST /v1/run', run, newId());
      const { state } = runReply.parse(JSON.parse(await postCall(target, call, agent)));
      if (state === 'planned') return;
      if (state !== 'planning') throw new Error(`The run is ${state}.`);
    }
  });
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const index = Math.ceil((percent / 100) * sorted.length) - 1;
  return sorted[Math.max(0, index)] ?? Number.NaN;
}
