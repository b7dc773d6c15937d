import { parentPort, workerData } from 'node:worker_threads';
import { describeValue } from './describe-value.ts';
import type { SettingsVerdict } from './engine.ts';
import { createEvaluator } from './evaluate.ts';
import { loadRules } from './load-rules.ts';
import { openTheDoor } from './open-the-door.ts';
import { packAnswers } from './pack/answers.ts';
import { buffersOf } from './pack/packed.ts';
import { unpackQuestions } from './pack/questions.ts';
import { createProgress } from './progress.ts';
import { judgeSettings } from './rule-info.ts';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.ts';

/** The thread in which rules run: the only place where a provider's code is loaded. */

// A rule that returns a promise is named for that; that the promise fails later must not end the thread.
process.on('unhandledRejection', () => {});

const port = parentPort;
if (port === null) throw new Error('This file is run as a worker thread.');
const start: ThreadStart = workerData;
const progress = createProgress(start.progress);

openTheDoor();
const { rules, infos } = await loadRules(start.sources, progress);
let ask = createEvaluator(rules, [], progress);

port.on('message', (message: ToThread) => {
  try {
    if (message.kind === 'validate') {
      send({ kind: 'judged', verdict: judge(message.rule, message.settings) });
      return;
    }
    if (message.settings !== null) ask = createEvaluator(rules, message.settings, progress);
    const answers = packAnswers(ask(unpackQuestions(message.questions), message.leftOut));
    send({ kind: 'said', answers }, buffersOf(answers));
  } catch (error) {
    send({ kind: 'failed', message: describeValue(error) });
  } finally {
    progress.end();
  }
});
send({ kind: 'ready', infos, ids: rules.map((rule) => rule.id) });

function judge(id: string, settings: unknown): SettingsVerdict {
  const which = rules.findIndex((rule) => rule.id === id);
  const rule = rules[which];
  if (rule === undefined) {
    return { ok: false, problems: [{ path: '', message: `There is no rule ${id}.` }] };
  }
  progress.begin('deciding', which);
  try {
    return judgeSettings(rule, settings);
  } catch (error) {
    const message = `The rule ${id} threw while its settings were read: ${describeValue(error)}`;
    return { ok: false, problems: [{ path: '', message }] };
  }
}

function send(message: FromThread, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}
