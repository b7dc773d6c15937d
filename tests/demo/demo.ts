import { startDatabaseServer } from '../support/database.ts';
import { startInstallation } from '../support/installation.ts';
import { describeExit, type RunningProcess } from '../support/processes.ts';
import type { Service } from '../support/service.ts';
import { choosePorts, PortError } from './ports.ts';
import { readLines } from './read-lines.ts';
import { welcome } from './welcome.ts';

// `npm run demo`: a database, the stand-in WHMCS with the addon, and the service, until Ctrl-C. Everything
// lives in temporary folders that are removed at the end.

const EXIT_PROBLEM = 1;
const EXIT_PORT_TAKEN = 5;
/** How much of a part's output is shown when it dies. */
const LAST_LINES = 15;

const undo: (() => Promise<unknown>)[] = [];
let isStopping = false;
/** Whether the visitor has stopped the service. */
let isPaused = false;
const ending = Promise.withResolvers<number>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // A terminal and npm may both hand on the same Ctrl-C, so a second one changes nothing.
  process.on(signal, () => ending.resolve(0));
}

let code = EXIT_PROBLEM;
try {
  await Promise.race([start(), ending.promise]);
  code = await ending.promise;
} catch (error) {
  console.error(error instanceof Error ? `\n${error.message}` : error);
  if (error instanceof PortError) code = EXIT_PORT_TAKEN;
}
await stop();
process.exit(code);

async function start(): Promise<void> {
  const ports = await choosePorts(process.env);
  const server = await step('Starting MariaDB', () => startDatabaseServer());
  undo.push(() => server.stop());
  watch(server.process());
  const installation = await step('Starting the stand-in WHMCS and the service', () =>
    startInstallation(server, {
      whmcsHost: process.env['DEMO_HOST'] ?? '127.0.0.1',
      whmcsPort: ports.whmcs,
      servicePort: ports.service,
    }),
  );
  undo.push(() => installation.stop());
  const { service } = installation;
  watch(service.process(), () => isPaused);
  keepWorking(installation.startWorker);
  listen(service);
  console.log(welcome(installation.standIn, installation.service));
}

async function step<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
  process.stdout.write(`${what} … `);
  const startedAt = performance.now();
  const result = await act();
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return result;
}

async function stop(): Promise<void> {
  isStopping = true;
  if (undo.length === 0) return;
  process.stdout.write('\nStopping … ');
  for (let act = undo.pop(); act !== undefined; act = undo.pop()) await act();
  console.log('done. Nothing was left behind.');
}

/** Ends the demo when a part dies, and shows what it said last. */
function watch(part: RunningProcess, isMeant = () => false): void {
  void part.exited.then((exit) => {
    if (isStopping || isMeant()) return;
    const lines = part.output().split('\n').slice(-LAST_LINES);
    console.error(`\n${part.name} ended unexpectedly (${describeExit(exit)}). Its last lines:`);
    console.error(lines.map((line) => `  ${line}`).join('\n'));
    ending.resolve(EXIT_PROBLEM);
  });
}

/** worker.php ends by itself before a minute is over; as a crontab does, start the next one. */
function keepWorking(startWorker: () => RunningProcess): void {
  let worker = startWorker();
  undo.push(() => worker.stop());
  const next = async (): Promise<void> => {
    const exit = await worker.exited;
    if (isStopping) return;
    if (exit.code !== 0) return watch(worker);
    worker = startWorker();
    return next();
  };
  void next();
}

/** Lets the visitor see what happens while the service is down, and after, and ask the ledger as an operator does. */
function listen(service: Service): void {
  let turn = Promise.resolve();
  const lines = readLines(process.stdin, (line) => {
    const act = actOf(service, line.trim());
    if (act === undefined) return;
    turn = turn.then(act).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      ending.resolve(EXIT_PROBLEM);
    });
  });
  undo.push(async () => lines.stop());
}

function actOf(service: Service, line: string): (() => Promise<void>) | undefined {
  if (line === 's') return () => toggle(service);
  const [, what = '', id = ''] =
    /^explain (client|invoice|entry|grant) (\d{1,18})$/.exec(line) ?? [];
  if (what === '') return undefined;
  return async () => console.log(`\n${(await service.cliProcess('explain', what, id)).output}\n`);
}

async function toggle(service: Service): Promise<void> {
  if (isStopping) return;
  isPaused = !isPaused;
  if (isPaused) {
    await service.stop();
    console.log('The service is stopped.');
  } else {
    await service.start();
    watch(service.process(), () => isPaused);
    console.log('The service runs again.');
  }
}
