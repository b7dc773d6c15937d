import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addonPath, postAct, saveRule, takeOverAutomaticUse } from '../save-rule.ts';
import { visitAsAdmin, visitAsClient } from '../stand-in-visitor.ts';
import type { BillingServer } from './billing-server.ts';
import type { Machine } from './machine.ts';

const SETTINGS = '/etc/creditbridge/creditbridge.env';
const MODULES = 'admin/configaddonmods.php';
const ANNA = { id: '1', email: 'anna@example.com' };

/** What a person does in WHMCS's pages and in an editor. */
export interface Hands {
  /** By a heading of docs/operators.md and the bold title of a step below it: what it tells a person to do after its commands. */
  readonly steps: Readonly<Record<string, () => Promise<void>>>;
  /** Activates the addon and configures it. Returns the two lines of *Show the secrets*. */
  activate(): Promise<string>;
  /** Presses *Test the connection* until addon and service are paired. */
  pair(): Promise<void>;
  turnOnAutoApply(): Promise<void>;
  /** Returns the number of the invoice. */
  giveCreditAndInvoice(): Promise<string>;
  payWithCredit(): Promise<void>;
  /** The text of a page of the addon. */
  page(name: string): Promise<string>;
  /** Presses a button under *Connection*, and answers what the page says then. */
  press(act: string): Promise<string>;
  /** Saves the addon's fields. */
  configure(serviceUrl: string): Promise<void>;
  /** The page of a rule of one's own. */
  expectOwnRule(): Promise<void>;
}

export function createHands(machine: Machine, billing: BillingServer, release: string): Hands {
  const admin = () => visitAsAdmin(billing, 'admin');
  const press: Hands['press'] = async (act) =>
    (await postAct(await admin(), 'connection', act)).body;
  const page: Hands['page'] = async (name) => (await (await admin()).get(addonPath(name))).body;
  const api = async (action: string, parameters: Readonly<Record<string, string>>) => {
    const form = {
      identifier: 'standin-identifier',
      secret: 'standin-secret',
      responsetype: 'json',
    };
    const body = new URLSearchParams({ ...form, action, ...parameters });
    const response = await fetch(`${billing.url}includes/api.php`, { method: 'POST', body });
    const answer = (await response.json()) as Readonly<Record<string, unknown>>;
    assert.equal(answer['result'], 'success', JSON.stringify(answer));
    return answer;
  };
  const onModules = async (fields: Readonly<Record<string, string | readonly string[]>>) => {
    const who = await admin();
    await who.get(MODULES);
    return who.post(MODULES, { module: 'creditbridge', ...fields });
  };
  const configure: Hands['configure'] = async (serviceUrl) => {
    const fields = { 'fields[service_url]': serviceUrl, 'fields[acting_admin]': 'admin' };
    await onModules({ do: 'save', 'access[]': ['1'], ...fields });
  };
  /** The two lines that *Show the secrets* prints. */
  const secrets = async () => {
    const [, lines = ''] =
      /<pre class="cb-code">([^<]+)<\/pre>/.exec(await press('show-secrets')) ?? [];
    assert.match(lines, /CREDITBRIDGE_SECRET_TO_SERVICE=.*CREDITBRIDGE_SECRET_TO_WHMCS=/s);
    return lines.trim();
  };
  const putSecrets = async () => {
    const file = join(machine.root, SETTINGS);
    let text = readFileSync(file, 'utf8');
    for (const line of (await secrets()).split('\n')) {
      const name = line.split('=')[0];
      text = text.replace(new RegExp(`^${name}=.*$`, 'm'), line);
    }
    writeFileSync(file, text);
  };
  const activate = async () => {
    await onModules({ do: 'activate' });
    await configure('http://127.0.0.1:8481');
    return secrets();
  };
  const pair = async () => {
    // systemd says that a service is started before it listens.
    for (let left = 20; left > 0 && !(await press('pair')).includes('Connected'); left--) {
      await sleep(500);
    }
    assert.equal(await billing.query('SELECT state FROM mod_creditbridge_settings'), 'paired');
  };
  return {
    steps: {
      async 'Install: Addon'() {
        writeFileSync(join(machine.root, release, 'secrets.txt'), `${await activate()}\n`);
      },
      'Install: Pair': pair,
      async 'Rotate the secrets: Rotate'() {
        await press('rotate');
      },
      'Rotate the secrets: Both secrets': putSecrets,
      async 'Rotate the secrets: Finish'() {
        const waiting = "SELECT COUNT(*) FROM mod_creditbridge_secrets WHERE position = 'next'";
        // The service starts again at this moment.
        for (let left = 40; left > 0 && (await billing.query(waiting)) !== '0'; left--) {
          await press('finish-rotation');
          await sleep(500);
        }
        assert.equal(await billing.query(waiting), '0');
      },
      'Rotate the secrets: New secrets': putSecrets,
      async 'Remove: Deactivate'() {
        await onModules({ do: 'deactivate' });
      },
    },
    activate,
    pair,
    async turnOnAutoApply() {
      await takeOverAutomaticUse(billing);
      const inputs = { atCreation: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' };
      await saveRule(billing, 'auto-apply', { mode: 'on', inputs });
    },
    async giveCreditAndInvoice() {
      await api('AddCredit', { clientid: ANNA.id, description: 'Gift', amount: '6.00' });
      const { invoiceid } = await api('CreateInvoice', {
        userid: ANNA.id,
        status: 'Unpaid',
        duedate: '2039-01-01',
        itemdescription1: 'Hosting',
        itemamount1: '6.00',
      });
      return String(invoiceid);
    },
    async payWithCredit() {
      await api('AddCredit', { clientid: ANNA.id, description: 'Gift', amount: '2.00' });
      const { invoiceid } = await api('CreateInvoice', {
        userid: ANNA.id,
        status: 'Unpaid',
        itemdescription1: 'Hosting',
        itemamount1: '2.00',
      });
      const anna = await visitAsClient(billing, ANNA.email);
      const path = `viewinvoice.php?id=${invoiceid}`;
      await anna.get(path);
      await anna.post(path, { applycredit: 'true', creditamount: '2.00' });
      const status = await billing.query(`SELECT status FROM tblinvoices WHERE id = ${invoiceid}`);
      assert.equal(status, 'Paid');
    },
    page,
    press,
    configure,
    async expectOwnRule() {
      assert.match(await page('rules/cashback'), /cashback/i);
    },
  };
}
