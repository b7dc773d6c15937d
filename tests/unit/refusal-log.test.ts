import { pino } from 'pino';
import { expect, test } from 'vitest';
import { refusals } from '../../bridge/index.ts';
import { createRefusalLog, remedyFor } from '../../src/http/refusal-log.ts';

/** A log of refusals under a clock that the test sets. */
function open() {
  const lines: { readonly code: string; readonly remedy: string; readonly leftOut: number }[] = [];
  let time = 0;
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  const refusalLog = createRefusalLog({ log, now: () => time });
  return {
    ...refusalLog,
    pass(seconds: number) {
      time += seconds * 1000;
    },
    said: () => lines.splice(0).map(({ code, remedy, leftOut }) => ({ code, remedy, leftOut })),
  };
}

const WRONG = remedyFor('signature-wrong');

test('refused calls leave a line a minute for each reason, which counts those left out and says what to do', () => {
  const log = open();
  for (let call = 0; call < 1000; call++) log.tell('signature-wrong', WRONG);
  log.tell('wrong-installation', remedyFor('wrong-installation'));
  expect(log.said()).toEqual([
    { code: 'signature-wrong', remedy: expect.stringContaining('Show the secrets'), leftOut: 0 },
    { code: 'wrong-installation', remedy: expect.stringContaining('Another WHMCS'), leftOut: 0 },
  ]);
  log.pass(59);
  log.tell('signature-wrong', WRONG);
  expect(log.said()).toEqual([]);
  log.pass(1);
  log.tell('signature-wrong', WRONG);
  expect(log.said()).toEqual([{ code: 'signature-wrong', remedy: WRONG, leftOut: 1000 }]);
});

test('those left out at the end are counted too, once', () => {
  const log = open();
  for (let call = 0; call < 3; call++) log.tell('signature-wrong', WRONG);
  log.said();
  log.flush();
  expect(log.said()).toEqual([]);
  log.pass(60);
  log.flush();
  expect(log.said()).toEqual([{ code: 'signature-wrong', remedy: WRONG, leftOut: 2 }]);
  log.pass(600);
  log.flush();
  expect(log.said()).toEqual([]);
});

test('every reason comes with a sentence', () => {
  for (const code of Object.keys(refusals)) {
    expect(remedyFor(code as keyof typeof refusals)).toMatch(/^[A-Z].+\.$/);
  }
});
