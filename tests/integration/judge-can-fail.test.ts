import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { breakShim, type Defect, muteDoorbell } from '../torture/break-shim.ts';
import { type Ground, openGround } from '../torture/ground.ts';
import { type JobKind, jobKinds, onceKinds } from '../torture/jobs.ts';
import { JudgeError } from '../torture/judge.ts';
import type { Knife } from '../torture/knife.ts';
import { type Tried, tryOnce } from '../torture/trial.ts';

// The crash matrix and the torture say nothing unless their judge can fail. Here the shim is broken on purpose, in the copy of it that
// the test installed, once in a way that fits each action, and a process is killed where the defect shows. The judge has to name it.

let ground: Ground;
let mend = () => {};

beforeAll(async () => {
  ground = await openGround();
  muteDoorbell(ground);
  await ground.setSwitches({});
});

afterEach(() => {
  mend();
  mend = () => {};
});

afterAll(() => ground?.stop());

/** What the judge says about a command of the broken shim. */
async function verdictOn(defects: readonly Defect[], kind: JobKind, knife: Knife): Promise<string> {
  const mends = defects.map((defect) => breakShim(ground, defect));
  mend = () => {
    for (const one of mends.toReversed()) one();
  };
  const tried = await tryOnce(ground, { kind, knife }).catch((error: unknown) => error);
  if (tried instanceof JudgeError) return tried.message;
  if (tried instanceof Error) throw tried;
  return `no complaint: ${(tried as Tried).verdict.ending}`;
}

const CALLED: Knife = { act: 'kill', side: 'before', nth: 1, inCall: true };
const killedAfter = (match: string): Knife => ({ ...CALLED, side: 'after', match });
const killedBefore = (match: string): Knife => ({ ...CALLED, match });

const REOPENED = "return new Outcome(Command::OPEN, 'Broken: tried again whatever is there.');";
const reopens = (action: string): Defect => ({
  file: `Command/Action/${action}.php`,
  text: '    public function afterCut(array $command): Outcome\n    {\n',
  becomes: `    public function afterCut(array $command): Outcome\n    {\n        ${REOPENED}\n`,
});
const OUTSIDE_OF_ITS_TRANSACTION: Defect = {
  file: 'Command/Executor.php',
  text: 'SharedConnection::isProven($this->settings) === true',
  becomes: 'false',
};
const DONE_BEFORE_THE_CALL: Defect = {
  file: 'Command/Executor.php',
  text: '        $call = new Call(',
  becomes:
    '        Queue::settle($command, [Command::RUNNING], new Outcome(Command::DONE));\n        $call = new Call(',
};

describe('a second effect is named', () => {
  test.each([
    ['AddCredit add', 'balance changed by 12.34'],
    ['AddCredit remove', 'balance changed by -12.34'],
  ] as const)('%s: outside of its transaction, and tried again', async (kind, sentence) => {
    const defects = [OUTSIDE_OF_ITS_TRANSACTION, reopens('AddCredit')];
    expect(await verdictOn(defects, kind, killedAfter('insert into `tblcredit`'))).toContain(
      `${sentence}, which no command explains (${kind}`,
    );
  });

  test.each([
    ['ApplyCredit part', 'ApplyCredit', '-12.34'],
    ['ApplyCredit full', 'ApplyCredit', '-12.34'],
    ['UnapplyCredit', 'UnapplyCredit', '12.34'],
  ] as const)(
    '%s: tried again instead of judged by its witnesses',
    async (kind, action, amount) => {
      const verdict = await verdictOn([reopens(action)], kind, killedAfter('update `tblclients`'));
      expect(verdict).toContain(
        `balance changed by ${amount}, which no command explains (${action}`,
      );
    },
  );

  test('SendEmail: sent again instead of looked for among those sent', async () => {
    const verdict = await verdictOn(
      [reopens('SendEmail')],
      'SendEmail',
      killedAfter('insert into `tblemails`'),
    );
    expect(verdict).toMatch(/mails changed by Torture \S+, which no command explains \(SendEmail/);
  });

  test('CapturePayment: charged again instead of left in doubt', async () => {
    const verdict = await verdictOn(
      [reopens('CapturePayment')],
      'CapturePayment',
      killedBefore('insert into `tblaccounts`'),
    );
    expect(verdict).toMatch(
      /charges changed by \d+ 12\.34, which no command explains \(CapturePayment/,
    );
  });

  test('CreateInvoice: made again, its marker not looked for', async () => {
    const defect = {
      file: 'Command/InvoiceMaker.php',
      text: "        return (int) Database::value(\n            'SELECT id FROM tblinvoices WHERE userid = ? AND notes LIKE ?",
      becomes:
        "        return 0 * (int) Database::value(\n            'SELECT id FROM tblinvoices WHERE userid = ? AND notes LIKE ?",
    };
    const verdict = await verdictOn(
      [defect],
      'CreateInvoice',
      killedAfter('insert into `tblinvoices`'),
    );
    expect(verdict).toMatch(/made changed by Draft \S+, which no command explains \(CreateInvoice/);
  });
});

describe('a missing effect is named', () => {
  const MISSING: Readonly<Record<JobKind, RegExp>> = {
    'AddCredit add': /balance \(12\.34\)/,
    'AddCredit remove': /balance \(-12\.34\)/,
    'ApplyCredit part': /balance \(-12\.34\)/,
    'ApplyCredit full': /balance \(-12\.34\)/,
    UnapplyCredit: /balance \(12\.34\)/,
    UpdateInvoice: /status \(\d+ Cancelled\)/,
    SendEmail: /mails \(Torture \S+\)/,
    CreateInvoice: /made \(Unpaid 12\.34\)/,
    CapturePayment: /status \(\d+ Paid\)/,
    LogActivity: /logged \(Torture log \S+\)/,
    SetConfigurationValue: /setting \(12\.34\)/,
  };

  test.each(jobKinds)('%s: done before the call, which is then cut off', async (kind) => {
    const verdict = await verdictOn([DONE_BEFORE_THE_CALL], kind, CALLED);
    expect(verdict).toContain(`${kind} `);
    expect(verdict).toMatch(/ is done, but without its effect on /);
    expect(verdict).toMatch(MISSING[kind]);
  });

  test('UpdateInvoice: taken for done without reading the status back', async () => {
    const defect = {
      ...reopens('UpdateInvoice'),
      becomes: reopens('UpdateInvoice').becomes.replace(
        REOPENED,
        'return new Outcome(Command::DONE);',
      ),
    };
    expect(await verdictOn([defect], 'UpdateInvoice', CALLED)).toMatch(
      /^UpdateInvoice \S+ of client \d+ is done, but without its effect on status/,
    );
  });
});

describe('doubt without an excuse is named', () => {
  const inDoubt = (action: string): Defect => ({
    ...reopens(action),
    becomes: reopens(action).becomes.replace('Command::OPEN', 'Command::UNKNOWN'),
  });
  const STARTED: Knife = { act: 'kill', side: 'after', nth: 1, match: "SET c\\.state = 'running'" };

  // An addition is started and counted in one commit: this death leaves it open, and the next test has it in the call.
  const started = onceKinds.filter((kind) => kind !== 'AddCredit add');
  test.each(started)('%s: before the call', async (kind) => {
    const [action = ''] = kind.split(' ');
    expect(await verdictOn([inDoubt(action)], kind, STARTED)).toContain(
      'is unknown without an excuse',
    );
  });

  test('AddCredit: even in the call', async () => {
    const knife = killedAfter('insert into `tblcredit`');
    expect(await verdictOn([inDoubt('AddCredit')], 'AddCredit add', knife)).toContain(
      'is unknown without an excuse',
    );
  });
});

test('a command that nobody settles is named, with what may tell why', async () => {
  const nobodySettles = {
    file: 'Command/Executor.php',
    text: '                    $this->settleLate($late);\n',
    becomes: '',
  };
  const verdict = await verdictOn([nobodySettles], 'AddCredit add', CALLED);
  expect(verdict).toMatch(/^Left unretried after \d+ passes: AddCredit \S+ running/);
  expect(verdict).toContain('"locked_by":null');
});

test('the shim as it is gets no complaint for the same deaths', async () => {
  for (const [kind, knife, ending] of [
    ['AddCredit add', killedAfter('insert into `tblcredit`'), 'done'],
    ['ApplyCredit full', killedAfter('update `tblclients`'), 'unknown'],
    ['UnapplyCredit', killedAfter('update `tblclients`'), 'unknown'],
    ['UpdateInvoice', CALLED, 'done'],
    ['SendEmail', killedAfter('insert into `tblemails`'), 'done'],
    ['CreateInvoice', killedAfter('insert into `tblinvoices`'), 'done'],
    ['CapturePayment', killedBefore('insert into `tblaccounts`'), 'unknown'],
  ] as const) {
    expect(await verdictOn([], kind, knife), kind).toBe(`no complaint: ${ending}`);
  }
});

test('a defect that the shim has no place for any more says so', () => {
  const gone = { file: 'Command/Executor.php', text: 'There is no such line.', becomes: '' };
  expect(() => breakShim(ground, gone)).toThrow(/It says so 0 times, not once\. Adapt the defect/);
});
