import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import {
  type CsvOptions,
  type CsvRow,
  csvColumns,
  liabilityRows,
  safeCell,
  writeCsv,
} from '../../../src/api/index.ts';

test.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['  =1', "'  =1"],
  ['\t=1', "'\t=1"],
  ['\r=1', "'\r=1"],
  ['|calc', "'|calc"],
  ['＝1+1', "'＝1+1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠SUM(A1)', "'＠SUM(A1)"],
  ['Invoice #12', 'Invoice #12'],
  ['a=b', 'a=b'],
  ['-10.00', '-10.00'],
  ['10.00', '10.00'],
  ['-10.00+cmd', "'-10.00+cmd"],
  ['', ''],
])('the cell %j is written as %j', (text, written) => {
  expect(safeCell(text)).toBe(written);
});

test('pages become one file with one header, and what CSV would part is quoted', async () => {
  expect(
    await written([
      [{ a: '1', b: 'x,y' }],
      [],
      [
        { a: 2, b: 'say "no"\nplease' },
        { a: null, b: '' },
      ],
    ]),
  ).toBe('a,b\r\n1,"x,y"\r\n2,"say ""no""\nplease"\r\n,\r\n');
});

test.each(['x\n=1+1', 'x\r=1+1', 'x\r\n=1+1'])('a line end alone is quoted: %j', async (text) => {
  // Unquoted, its rest would begin a row of its own, with a formula.
  expect(await written([[{ a: text, b: 'y' }]])).toBe(`a,b\r\n"${text}",y\r\n`);
});

test.each(['entries', 'grants', 'liability'] as const)(
  'a file of no %s is its header, so that programs find the columns',
  async (what) => {
    const columns = csvColumns[what];
    expect(await written([], { columns })).toBe(`${columns.join(',')}\r\n`);
    expect(await written([[], []], { columns })).toBe(`${columns.join(',')}\r\n`);
  },
);

test('a byte order mark is written once, before the header, when it is asked for', async () => {
  const text = await written([[{ a: 'Ü', b: '1' }], [{ a: 'x', b: '2' }]], { bom: true });
  expect(text).toBe('\uFEFFa,b\r\nÜ,1\r\nx,2\r\n');
});

test('a source that fails half way fails the file', async () => {
  const rows = async function* (): AsyncIterable<readonly CsvRow[]> {
    yield [{ a: '1' }];
    throw new Error('the database is gone');
  };
  const to = new Writable({ write: (_1, _2, done) => done() });
  await expect(writeCsv({ columns: ['a'], rows: rows() }, to)).rejects.toThrow(
    'the database is gone',
  );
});

test('a slow reader is not overrun', async () => {
  let made = 0;
  let taken = 0;
  let ahead = 0;
  const rows = async function* (): AsyncIterable<readonly CsvRow[]> {
    for (; made < 200; made++) yield [{ a: 'x'.repeat(20_000) }];
  };
  const slow = new Writable({
    highWaterMark: 1,
    write(_chunk, _encoding, done) {
      taken++;
      ahead = Math.max(ahead, made - taken);
      setImmediate(done);
    },
  });
  expect(await writeCsv({ columns: ['a'], rows: rows() }, slow)).toBe(200);
  // The header is a piece of its own.
  expect([taken, ahead < 30]).toEqual([201, true]);
});

test('the liability adds up to the balances: what no grant covers is taken off', () => {
  const usd = { id: 1, code: 'USD' };
  const rows = liabilityRows({
    day: '2026-10-31',
    basis: 'grants',
    adoptedOn: '2026-01-01',
    notes: [],
    parts: [{ currency: usd, kind: 'paid', age: '0-30', remaining: '10.00' }],
    totals: [{ currency: usd, remaining: '10.00', unfunded: '2.50', balance: '7.50' }],
  });
  expect(rows.map(({ kind, amount }) => [kind, amount])).toEqual([
    ['paid', '10.00'],
    ['unfunded', '-2.50'],
  ]);
});

async function written(
  pages: readonly (readonly CsvRow[])[],
  { columns = ['a', 'b'], ...options }: CsvOptions & { readonly columns?: readonly string[] } = {},
): Promise<string> {
  let text = '';
  const to = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const rows = async function* () {
    yield* pages;
  };
  await writeCsv({ columns, rows: rows() }, to, options);
  return text;
}
