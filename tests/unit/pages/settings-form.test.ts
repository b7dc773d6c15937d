import { expect, test } from 'vitest';
import { draftOfForm, draftOfSettings } from '../../../src/pages/form/draft.ts';
import { readDraft } from '../../../src/pages/form/read-draft.ts';
import { readSchema } from '../../../src/pages/form/read-schema.ts';
import { overrideName, settingsFields } from '../../../src/pages/form/settings-form.ts';
import { amountPerCurrency, days, percent, scope, z } from '../../../src/rules/index.ts';

const CURRENCIES = [
  { id: 1, code: 'USD', prefix: '$', suffix: '', format: 1, rate: '1.00000', isDefault: true },
  { id: 3, code: 'JPY', prefix: '¥', suffix: '', format: 4, rate: '150.00000', isDefault: false },
];

const THINGS = {
  'client-group': [{ id: 0, title: 'In no group' }],
  currency: [{ id: 1, title: 'USD' }],
  'product-group': [],
  product: [
    { id: 2, title: 'Small <server>' },
    { id: 12, title: 'Large server' },
  ],
};

/** A setting of every kind that a form has inputs for. */
const schema = z.object({
  active: z.boolean().default(true).meta({ title: 'Active', description: 'Whether it is <on>.' }),
  coverage: z
    .enum(['partial', 'whole-only'])
    .default('partial')
    .meta({ title: 'Coverage', labels: { partial: 'What there is', 'whole-only': 'Only all' } }),
  moment: z.union([
    z.literal('early').meta({ title: 'Early', description: 'At once.' }),
    z.literal('late').meta({ title: 'Late', description: 'On the day.' }),
  ]),
  horizon: days({ min: -3, max: 30 }).default(0),
  ratio: z.number().optional(),
  share: percent(),
  note: z.string().max(20).optional(),
  text: z.string().default('Hello').meta({ control: 'long-text' }),
  ceiling: z.int().nullable(),
  reserve: amountPerCurrency().prefault({}),
  tiers: z
    .array(
      z.object({ from: amountPerCurrency(), percent: percent().optional(), final: z.boolean() }),
    )
    .max(5),
  words: z.array(z.string()),
  only: scope(),
  bonus: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('fixed'), amount: amountPerCurrency() }),
    z.object({ kind: z.literal('percent'), amount: percent() }),
  ]),
  odd: z.record(z.string(), z.array(z.int())),
});

const field = readSchema(z.toJSONSchema(schema, { io: 'input' }));

const STORED = {
  active: true,
  coverage: 'whole-only',
  moment: 'late',
  horizon: -3,
  ratio: 1.5,
  share: '12.5',
  note: 'a "quoted" <note>',
  text: 'Dear client,\n\nthanks.',
  ceiling: null,
  reserve: { '1': '10.00' },
  tiers: [
    { from: { '1': '50.00', '3': '5000.00' }, percent: '5', final: false },
    { from: { '1': '100.00' }, final: true },
  ],
  words: ['one', 'two'],
  only: {
    clientGroups: [0, 77],
    currencies: [],
    gateways: ['banktransfer'],
    lineTypes: ['service', 'other'],
    productGroups: [],
    products: [2],
  },
  bonus: { kind: 'percent', amount: '5' },
  odd: { a: [1, 2] },
};

const show = (draft: ReadonlyMap<string, string>, problems = new Map<string, string>()) =>
  String(
    settingsFields(field, {
      draft,
      problems,
      currencies: CURRENCIES,
      things: THINGS,
      editable: true,
    }),
  );

test('each kind of setting gets its own input', () => {
  if (field.kind !== 'group') throw new Error('The settings are an object.');
  expect(
    Object.fromEntries(field.members.map(({ name, field: { kind } }) => [name, kind])),
  ).toEqual({
    active: 'boolean',
    coverage: 'choice',
    moment: 'choice',
    horizon: 'integer',
    ratio: 'decimal',
    share: 'decimal',
    note: 'text',
    text: 'text',
    ceiling: 'integer',
    reserve: 'amounts',
    tiers: 'list',
    words: 'list',
    only: 'group',
    bonus: 'variants',
    odd: 'json',
  });
});

test('stored settings come back from the form as they were', () => {
  const draft = draftOfSettings(field, STORED);
  const read = readDraft(field, draft);
  expect([...read.problems]).toEqual([]);
  expect(read.settings).toEqual(STORED);
  expect(schema.safeParse(read.settings).success).toBe(true);
});

test('a form posts the names that it shows, and nothing else is needed to read it', () => {
  const page = show(draftOfSettings(field, STORED));
  const posted = Object.fromEntries(
    [...draftOfSettings(field, STORED)].filter(([name]) => page.includes(`name="${name}"`)),
  );
  expect(readDraft(field, draftOfForm(posted)).settings).toEqual(STORED);
});

test('every input has a label or stands in one', () => {
  const page = show(draftOfSettings(field, STORED));
  const ids = [...page.matchAll(/<(?:input type="text"|textarea|select)[^>]* id="([^"]+)"/g)].map(
    ([, id]) => id ?? '',
  );
  expect(ids.length).toBeGreaterThan(15);
  const withoutLabel = ids.filter(
    (id) =>
      !page.includes(`for="${id}"`) &&
      !page.match(new RegExp(`<label[^>]*>(?:(?!</label>).)*id="${id}"`, 's')),
  );
  expect(withoutLabel).toEqual([]);
});

test('help and values are escaped', () => {
  const page = show(draftOfSettings(field, STORED));
  expect(page).toContain('Whether it is &lt;on&gt;.');
  expect(page).toContain('value="a &quot;quoted&quot; &lt;note&gt;"');
});

test('what cannot be read is named beside its input, and what was typed stays', () => {
  const draft = new Map([
    ...draftOfSettings(field, STORED),
    ['s/horizon', 'soon'],
    ['s/share', 'half <b>'],
    ['s/reserve/1', '1,000.5'],
    ['s/odd', '{'],
    ['s/coverage', 'none'],
  ]);
  const { problems } = readDraft(field, draft);
  expect(Object.fromEntries(problems)).toEqual({
    's/horizon': '“soon” is not a whole number.',
    's/share': '“half <b>” is not a number like 12.5.',
    's/reserve/1': '“1,000.5” is not an amount like 10.00.',
    's/odd': 'This is not JSON.',
    's/coverage': 'Choose one of these.',
  });
  const page = show(draft, new Map(problems));
  expect(page).toContain(
    'name="s/horizon" aria-describedby="s/horizon/help s/horizon/fault" aria-invalid="true" value="soon"',
  );
  expect(page).toContain(
    '<p class="cb-fault" id="s/horizon/fault">“soon” is not a whole number.</p>',
  );
  expect(page).toContain('value="1,000.5"');
  expect(page).toContain('value="half &lt;b&gt;"');
  expect(page).toContain('50.00');
});

test('a decimal comma is understood, and amounts are stored with two decimals', () => {
  const draft = new Map([
    ['s/reserve/1', '10,5'],
    ['s/reserve/3', '1 000'],
  ]);
  const { settings } = readDraft(
    readSchema(z.toJSONSchema(schema.pick({ reserve: true }), { io: 'input' })),
    draft,
  );
  expect(settings).toEqual({ reserve: { '1': '10.50', '3': '1000.00' } });
});

test('a list has an empty row to add one; empty rows are nothing, removed rows go', () => {
  const draft = draftOfSettings(field, STORED);
  const page = show(draft);
  expect(page).toContain('name="s/tiers/2/from/1" value=""');
  expect(page).not.toContain('s/tiers/3/');
  const posted = new Map([
    ...draft,
    ['s/tiers/0/~remove', 'on'],
    ['s/tiers/2/from/1', ''],
    ['s/tiers/7/from/1', '200'],
    ['s/words/2', ''],
  ]);
  const { settings } = readDraft(field, posted);
  expect(settings).toMatchObject({
    tiers: [
      { from: { '1': '100.00' }, final: true },
      { from: { '1': '200.00' }, final: false },
    ],
    words: ['one', 'two'],
  });
  // Shown again, as after a fault, the rows in which nothing was typed are no rows: one empty row is enough.
  const again = show(posted);
  expect(again).not.toContain('s/tiers/2/');
  expect(again.match(/Fill this in to add one/g)).toEqual(page.match(/Fill this in to add one/g));
});

test('a full list offers no further row', () => {
  const full = { ...STORED, tiers: Array.from({ length: 5 }, () => STORED.tiers[1]) };
  expect(show(draftOfSettings(field, full))).not.toContain('s/tiers/5/');
});

test('only the chosen variant is read', () => {
  const draft = new Map([
    ...draftOfSettings(field, STORED),
    ['s/bonus/kind', 'fixed'],
    ['s/bonus/~fixed/amount/1', '7'],
  ]);
  expect(readDraft(field, draft).settings).toMatchObject({
    bonus: { kind: 'fixed', amount: { '1': '7.00' } },
  });
});

test('what the schema finds wrong is led back to its input', () => {
  const { names } = readDraft(field, draftOfSettings(field, STORED));
  expect(names.get('tiers.1.from.1')).toBe('s/tiers/1/from/1');
  expect(names.get('bonus.amount')).toBe('s/bonus/~percent/amount');
});

test('a layer stores only the settings that it overrides', () => {
  const read = readDraft(field, draftOfSettings(field, STORED), new Set(['reserve', 'horizon']));
  expect(read.settings).toEqual({ horizon: -3, reserve: { '1': '10.00' } });
  const page = String(
    settingsFields(field, {
      draft: draftOfSettings(field, STORED),
      problems: new Map(),
      currencies: CURRENCIES,
      things: THINGS,
      editable: true,
      overrides: new Set(['reserve']),
    }),
  );
  expect(page).toContain(`name="${overrideName('reserve')}" value="on" checked`);
  expect(page).toContain(`name="${overrideName('horizon')}" value="on">`);
});

test('a form that may not be changed has no input that can be', () => {
  const page = String(
    settingsFields(field, {
      draft: draftOfSettings(field, STORED),
      problems: new Map(),
      currencies: CURRENCIES,
      things: THINGS,
      editable: false,
    }),
  );
  const inputs = [...page.matchAll(/<(?:input|select|textarea)[^>]*>/g)].map(([input]) => input);
  expect(inputs.length).toBeGreaterThan(20);
  expect(inputs.filter((input) => !input.includes(' disabled'))).toEqual([]);
});

test('a schema that is no object is edited as JSON', () => {
  expect(readSchema({ $ref: '#/$defs/x' }).kind).toBe('json');
  expect(readSchema(null).kind).toBe('json');
});

test('a whole number outside its bounds is told the bound, in plain words', () => {
  const problemFor = (text: string) =>
    readDraft(field, draftOfForm({ 's/horizon': text })).problems.get('s/horizon');
  expect(['31', '-4', '30', '-3'].map(problemFor)).toEqual([
    'At most 30.',
    'At least -3.',
    undefined,
    undefined,
  ]);
});

test('a scope is chosen by WHMCS’s names, and what WHMCS no longer has stays to be taken off', () => {
  const page = show(draftOfSettings(field, STORED));
  const box = (name: string) =>
    page.match(new RegExp(`<input[^>]*name="${name}"[^>]*>.*?</span>`))?.[0];
  expect(box('s/only/products/2')).toContain(' checked> <span>Small &lt;server&gt;</span>');
  expect(box('s/only/products/12')).not.toContain(' checked');
  expect(box('s/only/clientGroups/0')).toContain(' checked> <span>In no group</span>');
  expect(box('s/only/clientGroups/77')).toContain(
    ' checked> <span>#77, which WHMCS no longer has</span>',
  );
  expect(box('s/only/lineTypes/service')).toContain(' checked> <span>Services</span>');
  expect(page).toContain('WHMCS has none.');
});

test('only ticked boxes that are offered, or numbers, become a choice', () => {
  const draft = new Map([
    ['s/only/lineTypes/addon', 'on'],
    ['s/only/lineTypes/nothing', 'on'],
    ['s/only/products/12', 'on'],
    ['s/only/products/2', ''],
    ['s/only/products/x', 'on'],
  ]);
  expect(readDraft(field, draft).settings).toMatchObject({
    only: { lineTypes: ['addon'], products: [12], productGroups: [] },
  });
});
