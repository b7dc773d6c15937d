import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import './compile-cache.mjs';
import { tellKeeper } from './keeper.mjs';

/** What of a child's output is kept for the reader of a failure. */
const OUTPUT_LIMIT_CHARACTERS = 200_000;
/** How long a child may take to end after SIGTERM before it gets SIGKILL. */
const STOP_LIMIT_MS = 10_000;
/** Long, because many things may be started at once on a small machine; only a failure waits for it. */
const START_LIMIT_MS = 120_000;
/** How long output is awaited after the end; a grandchild may hold the pipe open for ever. */
const OUTPUT_GRACE_MS = 1_000;

/** A program that did not start, ended too early, or did not say what was awaited. */
export class ProcessError extends Error {
  readonly code = 'process-failed';
}

export interface StartOptions {
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the process is called in messages; the command by default. */
  readonly name?: string;
  /** Text for its standard input, which is closed after it unless `keepsInput`. */
  readonly input?: string | Buffer;
  readonly keepsInput?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** Settles when the process has ended and its output is complete. Never rejects. */
  readonly exited: Promise<Exit>;
  hasExited(): boolean;
  /** Standard output and standard error in the order they came, cut at the beginning when long. */
  output(): string;
  /** Everything on standard output, as bytes. */
  stdout(): Buffer;
  /** Types into its standard input, which `keepsInput` kept open. */
  type(text: string): void;
  /** The first line, past or future, that matches. Throws {@link ProcessError} when it ends or the limit passes before. */
  waitForLine(pattern: RegExp, limitMs?: number): Promise<RegExpExecArray>;
  /** Waits until somebody accepts connections at the port. Throws {@link ProcessError} as above. */
  waitForPort(port: number, limitMs?: number): Promise<void>;
  /** SIGTERM (or another signal), and SIGKILL after a limit. Returns when it is gone. */
  stop(signal?: NodeJS.Signals, limitMs?: number): Promise<Exit>;
  /** SIGKILL, as a crash. Returns when it is gone. */
  kill(): Promise<Exit>;
}

const running = new Map<ChildProcess, string>();
const folders = new Set<string>();
let watchesExit = false;

/**
 * Nothing we started outlives this process, and no temporary folder stays. When it is killed, or its exit handlers do not run
 * (as in the runner's forks), the keeper does it.
 */
function watchExit(): void {
  if (watchesExit) return;
  watchesExit = true;
  process.on('exit', () => {
    for (const child of running.keys()) signalGroup(child, 'SIGKILL');
    removeFolders();
  });
}

/** Names a temporary folder that is removed at exit if nobody did before. */
export function removeAtExit(folder: string): void {
  watchExit();
  folders.add(folder);
  tellKeeper(`made ${folder}`);
}

/** Removes a temporary folder now. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  folders.delete(folder);
}

/**
 * Starts a program in a process group of its own and keeps its output. Signals go to the group, so
 * that workers it forked end too, and Ctrl-C in a terminal reaches us alone, who stop things in
 * order. The group is ended with this process at the latest.
 */
export function startProcess(options: StartOptions): RunningProcess {
  watchExit();
  const name = options.name ?? options.command;
  const child = spawn(options.command, options.args ?? [], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  running.set(child, name);
  const group = -(child.pid ?? 0);
  if (group !== 0) tellKeeper(`started ${group}`);
  const lines = collectLines(child);
  const stdout: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stdin.on('error', () => undefined); // It may end without reading all of its input.
  child.stdin.write(options.input ?? '');
  if (options.keepsInput !== true) child.stdin.end();

  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => {
      lines.add(`${name} could not be started: ${error.message}`);
      exit = { code: null, signal: null };
      running.delete(child);
      resolve(exit);
    });
    const settle = () => {
      exit ??= { code: child.exitCode, signal: child.signalCode };
      lines.flush();
      resolve(exit);
    };
    child.once('exit', () => {
      signalGroup(child, 'SIGKILL'); // Workers that outlived their master.
      running.delete(child);
      tellKeeper(`ended ${group}`);
      setTimeout(settle, OUTPUT_GRACE_MS).unref();
    });
    child.once('close', settle);
  });
  const hasExited = () => exit !== undefined || child.exitCode !== null;
  const failed = (what: string) =>
    new ProcessError(`${name} ${what}. Its output:\n${lines.text() || '(nothing)'}`);
  const ended = () =>
    failed(`ended (${describeExit(exit ?? { code: child.exitCode, signal: child.signalCode })})`);

  const stop = async (signal: NodeJS.Signals = 'SIGTERM', limitMs = STOP_LIMIT_MS) => {
    if (!hasExited()) signalGroup(child, signal);
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), limitMs);
    const result = await exited;
    clearTimeout(timer);
    return result;
  };

  return {
    name,
    pid: child.pid ?? -1,
    exited,
    hasExited,
    output: lines.text,
    stdout: () => Buffer.concat(stdout),
    type: (text) => child.stdin.write(text),
    async waitForLine(pattern, limitMs = START_LIMIT_MS) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(failed(`did not print ${pattern} within ${limitMs} ms`)),
          limitMs,
        );
        const look = (line: string) => {
          const match = pattern.exec(line);
          if (match === null) return;
          clearTimeout(timer);
          resolve(match);
        };
        for (const line of lines.past()) look(line);
        lines.listen(look);
        void exited.then(() => {
          clearTimeout(timer);
          reject(ended());
        });
      });
    },
    async waitForPort(port, limitMs = START_LIMIT_MS) {
      const until = Date.now() + limitMs;
      for (;;) {
        if (hasExited()) throw ended();
        if (await acceptsConnections(port)) return;
        if (Date.now() > until) throw failed(`did not listen on port ${port} within ${limitMs} ms`);
        await sleep(25);
      }
    },
    stop,
    kill: () => stop('SIGKILL'),
  };
}

/** Removes the temporary folders that nobody removed. */
export function removeFolders(): void {
  for (const folder of folders) removeFolder(folder);
}

/** Ends whatever is still running, last started first, and returns the names. */
export async function stopEverything(): Promise<string[]> {
  const left = [...running].reverse();
  for (const [child] of left) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    signalGroup(child, 'SIGKILL');
    await gone;
  }
  return left.map(([, name]) => name);
}

/** Runs a program to its end. Throws {@link ProcessError} with its output when it does not exit with 0. */
export async function runProcess(options: StartOptions): Promise<RunningProcess> {
  const child = startProcess(options);
  const exit = await child.exited;
  if (exit.code !== 0) {
    throw new ProcessError(`${child.name} failed (${describeExit(exit)}):\n${child.output()}`);
  }
  return child;
}

/** Whether somebody accepts TCP connections at this port of the loopback address. */
export async function acceptsConnections(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** The exit in words: `exit code 3` or `SIGKILL`. */
export function describeExit(exit: Exit): string {
  if (exit.signal !== null) return exit.signal;
  return exit.code === null ? 'not started' : `exit code ${exit.code}`;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}

function collectLines(child: ChildProcess) {
  const lines: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  let characters = 0;
  const add = (line: string) => {
    lines.push(line);
    characters += line.length + 1;
    while (characters > OUTPUT_LIMIT_CHARACTERS && lines.length > 1) {
      characters -= (lines.shift() ?? '').length + 1;
    }
    for (const listener of listeners) listener(line);
  };
  const flushes: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    const decoder = new StringDecoder('utf8');
    stream?.on('data', (chunk: Buffer) => {
      const parts = `${rest}${decoder.write(chunk)}`.split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) add(part);
    });
    flushes.push(() => {
      if (rest !== '') add(rest);
      rest = '';
    });
  }
  return {
    add,
    flush: () => {
      for (const flush of flushes) flush();
    },
    past: (): readonly string[] => lines,
    text: () => lines.join('\n'),
    listen: (listener: (line: string) => void) => {
      listeners.push(listener);
    },
  };
}
