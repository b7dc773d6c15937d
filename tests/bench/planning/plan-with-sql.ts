import { randomUUID } from 'node:crypto';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';

/**
 * The yardstick: what a run with the rule `auto-apply` on its defaults decides and writes, done by the database alone. Written to
 * be as fast as we know how: READ COMMITTED, one join order for all, pages of clients with about five thousand invoices, the
 * plan of a page in a MEMORY table, one window function for the running balances, one INSERT per table and page.
 */
export async function planWithSql(
  databaseUrl: string,
  date: string,
  connections: number,
): Promise<void> {
  const open = await Promise.all(
    Array.from({ length: connections }, () => connectForPlanning(databaseUrl)),
  );
  const [first] = open;
  if (first === undefined) throw new RangeError('Planning needs a connection.');
  const ranges = await cut(first, date);
  const runId = randomUUID();
  // Each connection works on ranges of its own half, far from the other's: neighbours would wait for each other's locks.
  const perConnection = Math.ceil(ranges.length / connections);
  await Promise.all(
    open.map(async (connection, index) => {
      const own = ranges.slice(index * perConnection, (index + 1) * perConnection);
      for (const range of own) await planRange(connection, range, date, runId);
      await connection.end();
    }),
  );
}

interface Range {
  readonly from: number;
  readonly to: number;
}

const RANGE_INVOICES = 5_000;

async function connectForPlanning(databaseUrl: string): Promise<Connection> {
  const connection = await createConnection({ uri: databaseUrl, charset: 'utf8mb4_unicode_ci' });
  await connection.query("SET SESSION sql_mode = '', time_zone = '+00:00'");
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  await connection.query(
    `CREATE TEMPORARY TABLE plan (
       number INT NOT NULL, client_id INT NOT NULL, invoice_id INT NOT NULL, urgency INT NOT NULL,
       code CHAR(3) CHARACTER SET ascii NOT NULL, due DECIMAL(16,2) NOT NULL, spendable DECIMAL(16,2) NOT NULL,
       amount DECIMAL(16,2) NOT NULL
     ) ENGINE=MEMORY`,
  );
  return connection;
}

async function cut(connection: Connection, date: string): Promise<readonly Range[]> {
  const [rows] = await connection.query<(Range & RowDataPacket)[]>(
    `SELECT MIN(id) AS \`from\`, MAX(id) AS \`to\` FROM (
       SELECT id, FLOOR(SUM(open) OVER (ORDER BY id) / ${RANGE_INVOICES}) AS page FROM (
         SELECT STRAIGHT_JOIN c.id, COUNT(*) AS open FROM tblclients c JOIN tblinvoices i ON i.userid = c.id
         WHERE c.credit > 0 AND i.status = 'Unpaid' AND i.duedate <= '${date}' GROUP BY c.id
       ) AS counted
     ) AS numbered GROUP BY page ORDER BY page`,
  );
  return rows;
}

async function planRange(
  connection: Connection,
  { from, to }: Range,
  date: string,
  runId: string,
): Promise<void> {
  await connection.query('TRUNCATE TABLE plan');
  await connection.beginTransaction();
  await connection.query(planStatement(from, to, date));
  // Version 7, like the service's: the time, then a number, so that rows come in the order of their key.
  const time = Date.now().toString(16).padStart(12, '0');
  const prefix = `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15, 18)}-8${randomUUID().slice(20, 23)}-`;
  const id = `CONCAT('${prefix}', LPAD(HEX(number), 12, '0'))`;
  const now = new Date().toISOString().replace('T', ' ').slice(0, 23);
  await connection.query(decisionsStatement(id, now, date, runId));
  await connection.query(commandsStatement(id, now, date));
  await connection.commit();
}

const HOLDING = "('open', 'running', 'unknown')";

function planStatement(from: number, to: number, date: string): string {
  return `INSERT INTO plan
    SELECT ROW_NUMBER() OVER (), client_id, invoice_id, 500 + days, code, due, spendable,
      LEAST(due, spendable)
    FROM (
      SELECT client_id, invoice_id, days, code, due,
        GREATEST(credit - COALESCE(SUM(due) OVER (PARTITION BY client_id ORDER BY days, invoice_id
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0) AS spendable
      FROM (
        SELECT STRAIGHT_JOIN c.id AS client_id, i.id AS invoice_id, DATEDIFF(i.duedate, '${date}') AS days, cur.code,
          c.credit - (SELECT COALESCE(SUM(k.hold_hundredths), 0) / 100 FROM mod_creditbridge_commands k FORCE INDEX (client_state)
            WHERE k.client_id = c.id AND k.state IN ${HOLDING}) AS credit,
          i.total - (SELECT COALESCE(SUM(a.amountin - a.amountout), 0) FROM tblaccounts a WHERE a.invoiceid = i.id)
            - (SELECT COALESCE(SUM(k.hold_hundredths), 0) / 100 FROM mod_creditbridge_commands k FORCE INDEX (client_state)
              WHERE k.client_id = c.id AND k.state IN ${HOLDING} AND k.invoice_id = i.id) AS due
        FROM tblclients c JOIN tblcurrencies cur ON cur.id = c.currency JOIN tblinvoices i ON i.userid = c.id
        WHERE c.id BETWEEN ${from} AND ${to} AND c.credit > 0 AND i.status = 'Unpaid' AND i.duedate <= '${date}'
          AND NOT EXISTS (SELECT 1 FROM tblinvoiceitems t
            WHERE t.invoiceid = i.id AND t.type IN ('AddFunds', 'Invoice'))
          AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_invoice_choices o
            WHERE o.invoice_id = i.id AND o.choice = 'keep')
      ) AS open WHERE due > 0
    ) AS served`;
}

function decisionsStatement(id: string, now: string, date: string, runId: string): string {
  const done = 'amount > 0';
  const short = 'amount < due';
  const cannot = "CONCAT(spendable, ' ', code, ' of credit can be spent.')";
  return `INSERT INTO mod_creditbridge_decisions
      (id, rule, target, repeat_key, client_id, invoice_id, event, delivery_id, run_id, outcome, effect, amount_hundredths,
       fact, reason, trace, settings_version, first_at, last_at)
    SELECT ${id}, 'auto-apply', CONCAT('invoice:', invoice_id), IF(${done}, NULL, CONCAT('auto-apply invoice:', invoice_id)), client_id, invoice_id, 'DueInvoice',
      NULL, '${runId}', IF(${done}, 'effect', 'skipped'), 'apply', amount * 100,
      CONCAT('auto-apply:invoice:', invoice_id, ':due:${date}'),
      IF(${done},
        CONCAT(amount, ' ', code, ' of ', due, ' ', code, ' due on invoice #', invoice_id, '. The invoice is due.',
          IF(${short}, CONCAT(' ', ${cannot}), '')),
        CONCAT('No credit on invoice #', invoice_id, '. ', ${cannot})),
      CONCAT('{"event":"DueInvoice","localDate":"${date}","outcome":"', IF(${done}, 'effect', 'skipped'),
        '","clientId":', client_id, ',"currency":{"code":"', code, '","decimals":2},"said":[{"rule":"auto-apply","said":"propose","effect":"apply","because":"The invoice is due."}],"rules":["auto-apply"],"effect":"apply","invoiceId":',
        invoice_id, ',"spendableHundredths":"', spendable, '","dueHundredths":"', due,
        '","amountHundredths":"', amount, '","because":"The invoice is due."',
        IF(${short}, CONCAT(',"steps":[{"step":"balance","rule":null,"because":"', ${cannot}, '","beforeHundredths":"', due,
          '","afterHundredths":"', amount, '"}],"binding":0}'), '}')),
      1, '${now}', '${now}'
    FROM plan
    ON DUPLICATE KEY UPDATE event = VALUES(event), delivery_id = VALUES(delivery_id), run_id = VALUES(run_id),
      outcome = VALUES(outcome), effect = VALUES(effect), amount_hundredths = VALUES(amount_hundredths), fact = VALUES(fact),
      reason = VALUES(reason), trace = VALUES(trace), settings_version = VALUES(settings_version),
      last_at = VALUES(last_at), times = times + 1`;
}

function commandsStatement(id: string, now: string, date: string): string {
  const fact = `CONCAT('auto-apply:invoice:', invoice_id, ':due:${date}')`;
  return `INSERT IGNORE INTO mod_creditbridge_commands
      (id, fact, live_fact, client_id, invoice_id, action, parameters, expects, amount_hundredths, hold_hundredths, rule,
       decision_id, caused_by, depth, urgency, not_before, after_fact, created_at)
    SELECT ${id}, ${fact}, ${fact}, client_id, invoice_id, 'ApplyCredit',
      CONCAT('{"invoiceid":', invoice_id, ',"amount":"', amount, '","noemail":false}'),
      CONCAT('{"invoiceStatus":"Unpaid","invoiceBalanceAtLeast":"', amount, '","balanceAtLeast":"', amount, '"}'),
      amount * 100, amount * 100, 'auto-apply', ${id}, NULL, 0, urgency, NULL, NULL, '${now}'
    FROM plan WHERE amount > 0`;
}
