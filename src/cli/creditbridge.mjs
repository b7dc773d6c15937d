#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

// The command `creditbridge`. Any Node can read this file; when the one that does is too old for the service, the Node that was
// installed with it takes over.

const EXIT_CONFIGURATION = 3;
/** In a release the compiled file, in the repository the source. */
const main = ['./main.js', './main.ts']
  .map((name) => new URL(name, import.meta.url))
  .find((url) => existsSync(url));
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const needed = manifest.engines.node.replace('>=', '');

if (isNewEnough(process.versions.node, needed)) {
  await import(main.href);
} else {
  const brought = broughtNode();
  if (brought === undefined) {
    console.error(
      `creditbridge needs Node ${needed} or newer. This one is ${process.versions.node} (${process.execPath}), and none was installed` +
        ' with Credit Bridge. Install a newer Node, or install Credit Bridge again without --omit=optional.',
    );
    process.exit(EXIT_CONFIGURATION);
  }
  runWith(brought);
}

function isNewEnough(version, wanted) {
  const [major, minor] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** The Node among the packages of the service; undefined when there is none for this machine. */
function broughtNode() {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const file = createRequire(import.meta.url).resolve(`${name}/bin/node`);
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Goes on in the other Node: with the same arguments and files, and its exit code. */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to both; a second one would end the service at once.
  process.on('SIGINT', () => {});
  child.on('error', (error) => {
    console.error(`${node} could not be started: ${error.message}`);
    process.exit(EXIT_CONFIGURATION);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
