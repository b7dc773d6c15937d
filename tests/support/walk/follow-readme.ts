import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { project, ROOT } from '../release/project.ts';
import { readSteps } from './read-document.ts';
import { folderOf, type Walk } from './walk.ts';

const HEADING = '## Install it';
const ANSWERS_MS = 60_000;

/** Installs by the lines of README.md, typed one after another, on a machine on which nothing of Credit Bridge is left. */
export async function followReadme({
  machine,
  billing,
  hands,
  transcript,
  runCron,
  expectPaid,
}: Walk) {
  transcript.section(`README.md, ${HEADING}`);
  const [block = ''] = readSteps(readFileSync(join(ROOT, 'README.md'), 'utf8'), HEADING).flatMap(
    ({ blocks }) => blocks,
  );
  const [addon = '', install = '', init = '', migrate = '', serve = '', ...more] =
    block.split('\n');
  assert.deepEqual(
    [init, migrate, serve, more],
    ['creditbridge init', 'creditbridge migrate --grants', 'creditbridge serve', []],
  );
  const cwd = folderOf(project.version);
  const type = (line: string) => transcript.run(line, () => machine.run(line, { cwd }));

  await type(addon);
  let secrets = '';
  await transcript.act('activates the addon', async () => {
    secrets = await hands.activate();
  });
  await type(install);
  // Both addresses of the database are as it proposes them.
  const answers = ['', '', billing.url, ...secrets.split('\n')].join('\n');
  await transcript.run(init, () =>
    machine.run(`echo '${answers}' | script -qefc '${init}' /dev/null`, { cwd }),
  );
  await type(migrate);
  // It goes on until the machine is stopped.
  const serving = machine.run(serve, { cwd });
  await untilItAnswers(serving);
  await transcript.act('tests the connection', hands.pair);
  await transcript.act('turns on auto-apply', hands.turnOnAutoApply);
  const invoice = await hands.giveCreditAndInvoice();
  // There is no worker in these lines, and this PHP sends nothing after its pages.
  await runCron();
  await expectPaid(invoice);
}

async function untilItAnswers(serving: Promise<{ readonly output: string }>): Promise<void> {
  let ended: string | undefined;
  void serving.then(({ output }) => {
    ended = output;
  });
  for (const until = Date.now() + ANSWERS_MS; Date.now() < until; await sleep(500)) {
    if (ended !== undefined) break;
    if (
      await fetch('http://127.0.0.1:8481/health').then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
  }
  assert.fail(`The service does not answer. ${ended ?? ''}`);
}
