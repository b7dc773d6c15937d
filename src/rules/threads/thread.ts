import { parentPort, workerData } from 'node:worker_threads';
import { describeValue } from '../engine/describe-value.ts';
import type { SettingsVerdict } from '../engine/engine.ts';
import { createEvaluator } from '../engine/evaluate.ts';
import { loadRules } from '../engine/load-rules.ts';
import { judgeSettings } from '../engine/rule-info.ts';
import { openTheDoor } from './open-the-door.ts';
import { createProgress } from './progress.ts';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.ts';

/** The thread that runs a provider's rules; only threads load their code. */

// A rule that returns a promise is reported for that; a later rejection of the promise must not end the thread.
process.on('unhandledRejection', () => {});

const port = parentPort;
if (port === null) throw new Error('This file runs only as a worker thread.');
const start: ThreadStart = workerData;
const progress = createProgress(start.progress);

openTheDoor();
const { rules, infos } = await loadRules(start.sources, start.taken, progress);
let evaluator = createEvaluator(rules, [], progress);

port.on('message', (message: ToThread) => {
  try {
    if (message.kind === 'validate') {
      send({ kind: 'judged', verdict: judge(message.rule, message.settings) });
      return;
    }
    const { asked, settings, leftOut } = message;
    if (settings !== null) evaluator = createEvaluator(rules, settings, progress);
    send(
      asked.kind === 'decide'
        ? { kind: 'decided', decided: evaluator.decide(asked.questions, leftOut) }
        : { kind: 'limited', limiting: evaluator.limit(asked.proposals, leftOut) },
    );
  } catch (error) {
    send({ kind: 'failed', message: describeValue(error) });
  } finally {
    progress.end();
  }
});
send({ kind: 'ready', infos, ids: rules.map((rule) => rule.id) });

function judge(id: string, settings: unknown): SettingsVerdict {
  progress.begin(
    'deciding',
    rules.findIndex((rule) => rule.id === id),
  );
  return judgeSettings(rules, id, settings);
}

function send(message: FromThread): void {
  port?.postMessage(message);
}
