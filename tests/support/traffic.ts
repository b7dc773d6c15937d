import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation.ts';
import { addonPath } from './save-rule.ts';
import { visitAsAdmin, visitAsClient } from './stand-in-visitor.ts';
import { addClient } from './whmcs-rows.ts';

/** What each turn gives, and what its invoice is about. */
const AMOUNT = '6.00';
const ANNA = 'anna@example.com';
/** Between two turns, so that whoever upgrades meanwhile gets a turn too. */
const PAUSE_MS = 150;

export interface Traffic {
  /** The invoices made so far. */
  readonly invoices: readonly number[];
  /** What went wrong on a page or in a call of WHMCS's API. */
  readonly faults: readonly string[];
  stop(): Promise<void>;
}

/**
 * Lets people use WHMCS all the time: a client gets credit and an invoice over the same amount, an admin and a client look at
 * pages, and `worker.php` runs. With *auto-apply* on, each invoice ends up paid by what was given. Each turn has a new client:
 * in the moment in which a command ends, its credit is off the balance and still held, and a rule that is asked then finds none.
 */
export async function startTraffic({
  database,
  standIn,
  startWorker,
}: Pick<Installation, 'database' | 'standIn' | 'startWorker'>): Promise<Traffic> {
  const invoices: number[] = [];
  const faults: string[] = [];
  const admin = await visitAsAdmin(standIn, 'admin');
  const anna = await visitAsClient(standIn, ANNA);
  const worker = startWorker();
  let isStopped = false;

  const call = async (action: string, parameters: Readonly<Record<string, string>>) => {
    const answer = await standIn.api(action, parameters);
    if (answer['result'] !== 'success') faults.push(`${action}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const look = async (who: typeof admin, path: string) => {
    const { status, body } = await who.get(path);
    if (status !== 200 || /Fatal error|Warning<\/b>/.test(body)) faults.push(`${path}: ${status}`);
  };
  const turn = async () => {
    const clientid = String(await addClient(database.root, { credit: '0.00' }));
    await call('AddCredit', { clientid, description: 'Traffic', amount: AMOUNT });
    const { invoiceid } = await call('CreateInvoice', {
      userid: clientid,
      status: 'Unpaid',
      duedate: '2039-01-01',
      itemdescription1: 'Traffic',
      itemamount1: AMOUNT,
    });
    invoices.push(Number(invoiceid));
    await look(admin, addonPath('overview'));
    await look(anna, 'clientarea.php?action=invoices');
  };
  const flow = (async () => {
    while (!isStopped) {
      await turn().catch((fault) => faults.push(String(fault)));
      await sleep(PAUSE_MS);
    }
  })();
  return {
    invoices,
    faults,
    async stop() {
      isStopped = true;
      await flow;
      await worker.stop();
    },
  };
}
