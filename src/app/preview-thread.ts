import { parentPort, workerData } from 'node:worker_threads';
import { newId } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import { connect, lookAtNotes } from '../db/index.ts';
import { runKept } from '../preview/index.ts';
import { createEngine } from '../rules/engine/index.ts';
import { createRunStore } from '../runs/index.ts';

/** The data that the thread starts with. */
export interface PreviewStart extends Pick<Config, 'databaseUrl' | 'rules' | 'ruleTimeoutMs'> {
  /** Of the preview. */
  readonly id: string;
}

/** The thread that works on one preview. It shares only the database with the service, and ends with the preview, or when it is told to. */

/** One to read, and one to tell how far it is. */
const CONNECTIONS = 2;

const port = parentPort;
if (port === null) throw new Error('This file runs only as a worker thread.');
const { databaseUrl, rules, ruleTimeoutMs, id }: PreviewStart = workerData;
const stopping = new AbortController();
port.on('message', () => stopping.abort());

const db = connect(databaseUrl, CONNECTIONS);
const engine = await createEngine({ rules, timeoutMs: ruleTimeoutMs });
try {
  await lookAtNotes(db);
  const store = createRunStore(db, { newId, now: Date.now });
  await runKept({ db, engine, store, signal: stopping.signal }, id);
} finally {
  await engine.close();
  await db.destroy();
  port.close();
}
