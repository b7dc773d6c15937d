import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DatabaseServer, startDatabaseServer } from '../support/database-server.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { measuredAs } from '../support/measured-as.ts';
import {
  type RunningProcess,
  removeAtExit,
  removeFolder,
  startProcess,
} from '../support/processes.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { usualWhmcs } from '../support/whmcs-version.ts';
import { type Knife, type KnifeReport, letGo, readReport } from './knife.ts';
import type { ServiceStep } from './service-knife.ts';

/** A PHP process of the instance, with or without a knife in it. */
export interface PhpActor {
  readonly process: RunningProcess;
  /** What its knife met; undefined when it met nothing. */
  report(): KnifeReport | undefined;
  /** Lets it go on when it is held. */
  letGo(): void;
}

export interface PhpOrder {
  readonly knife?: Knife | undefined;
  /** A database port other than the configured one: a proxy's. */
  readonly port?: number | undefined;
}

/** Positions of the stand-in's switches; the first ones are the defaults. */
export type Switches = Readonly<Record<string, string>>;

/** One whole installation with a database server of its own, on which things are killed again and again. */
export interface Ground {
  readonly server: DatabaseServer;
  readonly installation: Installation;
  /** As root; again when the server was restarted just before. */
  query<Row = Readonly<Record<string, unknown>>>(
    sql: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
  /** All others go back to their defaults. */
  setSwitches(switches: Switches): Promise<void>;
  php(script: string, args: readonly string[], order?: PhpOrder): PhpActor;
  /** `worker.php --once`. */
  worker(order?: PhpOrder): PhpActor;
  /** The service kills itself at this step of its next transaction that makes commands. */
  armService(step: ServiceStep): void;
  /** Whether it did; a knife that met nothing is taken away. */
  disarmService(): boolean;
  /** Every lease is over, except where a process that is held in a transaction has the row. */
  leasesEnd(): Promise<void>;
  /** Leases and pauses are over, the breaker is closed, whoever was killed is there again. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

interface GroundOptions {
  /** A folder with rules of a provider. */
  readonly rules?: string;
}

/** Hundredths. */
const NO_CEILING = 10 ** 14;
const WORKER = 'modules/addons/creditbridge/worker.php';
const QUERY_TRIES = 20;
const TRY_AGAIN_MS = 50;
/** Longer than a doorbell works, and than the server lets a statement wait for a lock. */
const IDLE_TRIES = 8000;
const IDLE_MS = 10;
/** Longer than the service's longest pause between two looks. */
const READY_TRIES = 300;
const READY_MS = 20;

/**
 * Starts it: MariaDB, the stand-in WHMCS with the shim, the service; automatic application and a bonus on deposits are
 * turned on. Who stops it again is the caller.
 */
export async function openGround({ rules }: GroundOptions = {}): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'creditbridge-torture-'));
  removeAtExit(folder);
  const knifeFile = join(folder, 'service');
  const server = await startDatabaseServer();
  const installation = await startInstallation(server, {
    serviceEnv: {
      NODE_OPTIONS: `--import=${join(import.meta.dirname, 'service-knife.ts')}`,
      TORTURE_SERVICE_KNIFE: knifeFile,
      ...(rules === undefined ? {} : { CREDITBRIDGE_RULES: rules }),
    },
  });
  const { standIn, service, database } = installation;
  copyFileSync(
    join(import.meta.dirname, 'knife.php'),
    join(standIn.root, 'includes/hooks/knife.php'),
  );
  await takeOverAutomaticUse(standIn);
  await saveRule(standIn, 'auto-apply', {
    mode: 'on',
    inputs: { atCreation: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
  });
  // Hundreds of rounds give more in an hour than the shim's ceilings let through.
  await database.query(
    `UPDATE mod_creditbridge_ceilings SET single_hundredths = ?, client_daily_hundredths = ?, hourly_hundredths = ?, daily_hundredths = ?`,
    [NO_CEILING, NO_CEILING, NO_CEILING, NO_CEILING],
  );
  let actors = 0;
  const usual = usualWhmcs().switches;
  let currentLedger = usual['ledger'] ?? '8.x';

  async function query<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await database.query<Row>(sql, values);
      } catch (error) {
        const isLost = /ECONNRESET|ECONNREFUSED|CONNECTION_LOST|EPIPE|closed state/.test(
          String(error),
        );
        if (!isLost || attempt === QUERY_TRIES) throw error;
        await sleep(TRY_AGAIN_MS);
      }
    }
  }

  /** No process of WHMCS is connected: whoever comes now reads everything anew. */
  async function whmcsIsIdle(): Promise<void> {
    for (let look = 1; look <= IDLE_TRIES; look++) {
      const connections = await query(
        'SELECT ID FROM information_schema.PROCESSLIST WHERE USER = ?',
        [database.owner.user],
      );
      if (connections.length === 0) return;
      await sleep(IDLE_MS);
    }
    throw new Error('A process of WHMCS does not come to its end.');
  }

  /**
   * The service looks again, a moment later, for a database that was killed. One that is not paired is never ready. A connection that is
   * kept open may still be to a service that was killed.
   */
  async function serviceIsReady(): Promise<void> {
    for (let look = 1; look <= READY_TRIES; look++) {
      const isReady = await fetch(`${service.url}/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return;
      await sleep(READY_MS);
    }
  }

  async function writeSwitches(switches: Switches): Promise<void> {
    const all: Switches = { ...usual, ...switches };
    await query("DELETE FROM standin_settings WHERE name <> 'last_invoice_before_nine'");
    for (const [name, value] of Object.entries(all)) {
      await query('INSERT INTO standin_settings (name, value) VALUES (?, ?)', [name, value]);
    }
    // An upgrade changes tables too, and the version.
    const ledger = all['ledger'] ?? '8.x';
    if (ledger !== currentLedger) {
      await standIn.setSwitch('ledger', ledger);
      await grantAgain(database);
    }
    currentLedger = ledger;
    // What the shim derives from the switches by its self-tests.
    const version = ledger === '9.x' ? '9.0.5-release.1' : '8.13.1-release.1';
    await query('UPDATE mod_creditbridge_settings SET trial = ?', [
      JSON.stringify({
        deposit: { passed: true, version },
        returns: { version, takesOff: true, cancelling: 'keeps', at: '2026-11-01T10:00:00Z' },
      }),
    ]);
    await query(measuredAs(all['api_connection'] !== 'separate'));
  }

  function php(script: string, args: readonly string[], order: PhpOrder = {}): PhpActor {
    actors += 1;
    const path = join(folder, `report-${actors}`);
    const hasOrder = order.knife !== undefined || order.port !== undefined;
    const process = startProcess({
      command: 'php',
      args: [join(standIn.root, script), ...args],
      cwd: standIn.root,
      env: hasOrder
        ? { TORTURE_KNIFE: JSON.stringify({ ...order.knife, port: order.port, report: path }) }
        : {},
      name: `php ${script}`,
    });
    return { process, report: () => readReport(path), letGo: () => letGo(path) };
  }

  return {
    server,
    installation,
    query,
    async setSwitches(switches) {
      // A doorbell that the service rang works in a process of WHMCS's own. What it has read of switches and settings must not
      // outlive them: with another connection for the API it would wait for its own row lock.
      await query('UPDATE mod_creditbridge_settings SET frozen = 1');
      await whmcsIsIdle();
      await writeSwitches(switches);
      await whmcsIsIdle();
      await query('UPDATE mod_creditbridge_settings SET frozen = 0');
    },
    php,
    worker: (order) => php(WORKER, ['--once'], order),
    armService(step) {
      writeFileSync(knifeFile, step);
    },
    disarmService() {
      const hasDied = existsSync(`${knifeFile}.died`);
      rmSync(knifeFile, { force: true });
      rmSync(`${knifeFile}.died`, { force: true });
      return hasDied;
    },
    async leasesEnd() {
      const patience = 'SET STATEMENT innodb_lock_wait_timeout = 1 FOR';
      for (const update of [
        "UPDATE mod_creditbridge_leases SET until = '2000-01-01' WHERE until IS NOT NULL",
        "UPDATE mod_creditbridge_commands SET lease_until = '2000-01-01' WHERE state = 'running'",
      ]) {
        await query(`${patience} ${update}`).catch((error: unknown) => {
          if (!String(error).includes('Lock wait timeout')) throw error;
        });
      }
    },
    async startAgain() {
      if (service.process().hasExited()) await service.start();
      await serviceIsReady();
      await query(
        "UPDATE mod_creditbridge_leases SET until = '2000-01-01' WHERE until IS NOT NULL",
      );
      await query(
        "UPDATE mod_creditbridge_commands SET lease_until = '2000-01-01' WHERE state = 'running'",
      );
      await query("UPDATE mod_creditbridge_commands SET not_before = NULL WHERE state = 'open'");
      await query(
        `UPDATE mod_creditbridge_spool SET taken_until = NULL, taken_by = NULL, next_attempt_at = UTC_TIMESTAMP(6)`,
      );
      await query(
        `UPDATE mod_creditbridge_settings SET breaker_failures = 0, breaker_open_until = NULL, breaker_probe_until = NULL`,
      );
    },
    async stop() {
      await installation.stop();
      await server.stop();
      removeFolder(folder);
    },
  };
}
