/**
 * The rooms, from the innermost out, and which others each may import. A room is entered through its `index.ts`; `doors`
 * are further entrances. `npm run check` holds every import of `bridge`, `src` and `migrations` against this table, and
 * src/README.md says what each room is for.
 */
export const rooms: Readonly<Record<string, string>> = {
  bridge: '',
  migrations: '',
  base: '',
  money: 'base',
  events: 'bridge money',
  ledger: 'base money',
  rules: 'bridge base money ledger',
  config: 'bridge base ledger',
  db: 'bridge base',
  today: 'bridge base db',
  findings: 'base db',
  periodic: 'base db findings',
  settings: 'base ledger rules db',
  whmcs: 'bridge base money events rules db',
  audit: 'bridge base db',
  commands: 'bridge base money ledger rules db audit',
  parking: 'base money events ledger rules db today findings settings whmcs commands',
  books: 'bridge base money ledger db today settings whmcs commands parking',
  deciding: 'bridge base money events ledger rules db today settings whmcs commands parking',
  // The acts.
  pairing: 'bridge base db',
  deliveries: 'bridge base events rules db settings whmcs commands deciding',
  runs: 'bridge base events ledger rules db today periodic settings commands parking deciding',
  preview:
    'bridge base money events ledger rules db today settings whmcs commands deciding deliveries runs',
  follow: 'base money events ledger db findings periodic settings whmcs books',
  operations:
    'bridge base money ledger rules db today findings periodic settings whmcs audit commands parking books deciding',
  reconcile:
    'base money events ledger db today findings periodic settings whmcs commands books parking deciding operations',
  privacy: 'db settings',
  // The doors to the outside.
  api: 'bridge base money ledger rules db today settings whmcs audit commands books parking operations',
  pages:
    'bridge base money ledger rules db today settings whmcs audit commands books parking pairing preview operations reconcile api',
  http: 'bridge base config db pairing deliveries runs api pages',
};

/** Rooms that may import every other one. `main.ts` stands loose in `src`, beside them. */
export const entrances: readonly string[] = ['app', 'cli'];

/**
 * Further entrances: folders inside a room, through an `index.ts` of their own, and single files. Those for rules lead to little:
 * what they reach goes into the package for authors of rules.
 */
export const doors: readonly string[] = [
  'bridge/for-rules',
  'src/base/errors.ts',
  'src/ledger/for-rules',
  'src/rules/engine',
  'src/rules/settle',
];

/**
 * What `src/rules` says goes into the package for authors of rules, so it enters these rooms by their narrow door and no other: behind
 * the wide one stands what needs Node, or the service. What runs rules is not in the package.
 */
export const narrowDoors: Readonly<Record<string, string>> = {
  bridge: 'bridge/for-rules/index.ts',
  ledger: 'src/ledger/for-rules/index.ts',
  base: 'src/base/errors.ts',
};

/** Rooms without input and output, and what they import from outside the project. What runs rules is not one of them. */
export const pure: Readonly<Record<string, readonly string[]>> = {
  'src/money': ['dinero.js'],
  'src/events': ['zod'],
  'src/ledger': ['zod'],
  'src/rules': ['zod', '@creditbridge/rules'],
};
export const impure: readonly string[] = ['src/rules/engine', 'src/rules/threads'];

/** Packages that one room hides from the others. */
export const hidden: Readonly<Record<string, string>> = { 'dinero.js': 'src/money' };
