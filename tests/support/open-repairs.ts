import { v7 } from 'uuid';
import { afterAll, beforeEach } from 'vitest';
import type { PageReply, PageRequest } from '../../bridge/index.ts';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { plainTerms, readAct } from '../../src/ledger/index.ts';
import { listApprovals } from '../../src/operations/index.ts';
import { generousApprovals } from './generous-approvals.ts';
import { beginLedger, mirrorLog } from './mirror-log.ts';
import { reorderStoredJson } from './reorder-stored-json.ts';
import { createServiceDatabase } from './service-database.ts';
import { testDatabaseServer } from './test-database-server.ts';
import { addClient, addCurrencies } from './whmcs-rows.ts';

/**
 * The pages by which an admin repairs differences, on a database and a clock of their own, for one test file: to be called where it
 * begins, outside of any test. Each test begins a minute later.
 */
export async function openRepairs() {
  const database = await createServiceDatabase(testDatabaseServer());
  await reorderStoredJson(database);
  await addCurrencies(database.root);
  let now = Date.parse('2026-11-22T09:00:00Z');
  const parts = await createParts(
    { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: () => now },
  );
  await beginLedger(parts.db);
  afterAll(async () => {
    await parts.close();
    await database.drop();
  });

  let permissions = ['Manage Credits'];
  beforeEach(() => {
    permissions = ['Manage Credits'];
    now += 60_000;
  });

  function ask(page: string, more: Partial<PageRequest> = {}): Promise<PageReply> {
    return parts.pages.render({
      protocol: 1,
      to: 'POST /v1/page',
      installation: database.installation,
      method: 'GET',
      viewer: { kind: 'admin', adminId: 7, permissions },
      page,
      query: {},
      form: {},
      base: 'addonmodules.php?module=creditbridge',
      assets: '/modules/addons/creditbridge/assets',
      token: { name: 'token', value: 'whmcs-token' },
      settings: {},
      ...more,
    });
  }

  const post = (page: string, form: Record<string, string>) =>
    ask(page, { method: 'POST', form: { once: v7({ msecs: now }), ...form } });

  /** The hidden fields of the form that does this act. */
  function fieldsOf(html: string, act: string): Record<string, string> {
    const form =
      html.split('<form').find((part) => part.includes(`name="act" value="${act}"`)) ?? '';
    const fields = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
    return {
      ...Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value])),
      // The page made its token by the real clock.
      once: v7({ msecs: now }),
    };
  }

  async function move(client: number, amount: string, description = 'By hand'): Promise<void> {
    await database.query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [
      amount,
      client,
    ]);
    await database.query(
      "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-22', ?, ?)",
      [client, description, amount],
    );
  }

  /** A client whose balance somebody overwrote, with the difference open. */
  async function overwritten(ledger: string, whmcs: string): Promise<number> {
    const client = await addClient(database.root);
    await move(client, ledger);
    await mirrorLog(parts.db);
    await database.query('UPDATE tblclients SET credit = ? WHERE id = ?', [whmcs, client]);
    await parts.reconciliation.look();
    now += 300_000;
    await parts.reconciliation.look();
    return client;
  }

  const accountOf = async (client: number) =>
    (
      await database.query<{ balance: number; credit: string; drifts: number }>(
        `SELECT a.balance_hundredths AS balance, c.credit,
           (SELECT COUNT(*) FROM mod_creditbridge_drifts d WHERE d.client_id = c.id) AS drifts
         FROM mod_creditbridge_accounts a JOIN tblclients c ON c.id = a.client_id WHERE c.id = ?`,
        [client],
      )
    )[0];
  const grantsOf = (client: number) =>
    database.query<{ kind: string; amount: number; remaining: number }>(
      'SELECT kind, amount_hundredths AS amount, remaining_hundredths AS remaining FROM mod_creditbridge_grants WHERE client_id = ? ORDER BY id',
      [client],
    );
  const lastAudit = async () =>
    (
      await database.query<{ actor: string; act: string; target: string; details: string }>(
        'SELECT actor, act, target, details FROM mod_creditbridge_audit ORDER BY id DESC LIMIT 1',
      )
    )[0];

  /** WHMCS runs the open command of a client, and the ledger sees its row with the command's own terms. */
  async function runCommandOf(client: number): Promise<void> {
    const [command] = await database.query<{ id: string; parameters: string; act: string }>(
      `SELECT k.id, k.parameters, t.act FROM mod_creditbridge_commands k
       JOIN mod_creditbridge_command_terms t ON t.command_id = k.id
       WHERE k.client_id = ? AND k.state = 'open'`,
      [client],
    );
    const { amount, type } = JSON.parse(command?.parameters ?? '{}');
    await move(client, type === 'remove' ? `-${amount}` : amount, `Marked ${command?.id}`);
    await database.query("UPDATE mod_creditbridge_commands SET state = 'done' WHERE id = ?", [
      command?.id,
    ]);
    await mirrorLog(parts.db, ({ description }) =>
      description === `Marked ${command?.id}`
        ? { kind: 'difference', act: readAct(command?.act ?? '') }
        : null,
    );
  }

  /** Approval above 10.00 EUR for a while. */
  async function withLimit(work: () => Promise<void>): Promise<void> {
    await generousApprovals(database.query);
    await parts.operations.propose(
      { kind: 'threshold', amounts: { '1': '10.00' } },
      { actor: { kind: 'admin', adminId: 1 }, reason: 'Four eyes', at: new Date(now) },
    );
    await work();
    await generousApprovals(database.query);
  }

  const waiting = async (client: number) =>
    (await listApprovals(parts.db, { pending: true, clientId: client }, undefined, 9)).rows;
  const asAdmin = (adminId: number) => ({
    actor: { kind: 'admin', adminId } as const,
    reason: 'Seen',
    at: new Date(now),
  });

  /** Mirrors the log; nobody can tell where the credit of rows with this text came from. */
  async function mirrorUnexplained(text: string): Promise<void> {
    await mirrorLog(parts.db, ({ description }) =>
      description !== text
        ? null
        : {
            kind: 'unknown',
            act: { do: 'grant', ...plainTerms('unexplained'), fundsUnfunded: false },
          },
    );
  }

  return {
    database,
    parts,
    /** Unix milliseconds, of its own clock. */
    now: () => now,
    /** Five minutes later. */
    wait: () => {
      now += 300_000;
    },
    /** The role of the admin who looks, until the end of the test. */
    looksAs: (...names: string[]) => {
      permissions = names;
    },
    ask,
    post,
    fieldsOf,
    move,
    overwritten,
    accountOf,
    grantsOf,
    lastAudit,
    runCommandOf,
    withLimit,
    waiting,
    asAdmin,
    mirrorUnexplained,
  };
}
