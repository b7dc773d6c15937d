import { globSync, readFileSync } from 'node:fs';

/** Commands that a page of the documents prints, as a block of `sh`. */
export interface Block {
  readonly page: string;
  readonly commands: readonly string[];
}

/** Every page that people read to use or change Credit Bridge. */
export function documentPages(): readonly string[] {
  return globSync([
    '*.md',
    'docs/**/*.md',
    'examples/**/*.md',
    '{bridge,migrations,php-shim,tests}/README.md',
    'src/**/README.md',
    'tests/{stand-in,support/release}/README.md',
  ])
    .map((path) => path.split('\\').join('/'))
    .toSorted();
}

/** The blocks of commands in a page; a line that ends in a backslash goes on in the next one. */
export function blocksOf(page: string): readonly Block[] {
  return [...readFileSync(page, 'utf8').matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(
    ([, text = '']) => ({
      page,
      commands: text
        .replaceAll(/\\\n\s*/g, '')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    }),
  );
}

/** Who shows that the commands of a block work. */
export type Shown =
  /** A test reads the page and runs them, but those that need what `but` says. */
  | { readonly runBy: string; readonly but?: string }
  /** They begin something for which a test is too short; only that what they name exists is looked at. */
  | { readonly namedOnly: string }
  /** Why no test can. */
  | { readonly not: string };

const CLI = { runBy: 'tests/integration/document-commands.test.ts' } as const;
const RELEASE = 'tests/integration/release.test.ts';
/** Nightly, on a Debian of its own: `npm run release -- --walk`. */
const WALK = { runBy: 'tests/support/walk/walk.ts' } as const;
const ROOT = 'It changes the machine as root, with packages from outside.';
const SYSTEMD = 'It needs systemd as the first process of the machine.';
const DOCKER = 'It needs Docker and the base image.';
const LONG = 'It takes minutes, or runs this test.';

/**
 * Every block of commands in the documents, by its page and first command. `tests/unit/documents.test.ts` fails on a block that is not
 * here, and on an entry whose block is gone.
 */
export const shownBlocks: Readonly<Record<string, Readonly<Record<string, Shown>>>> = {
  'README.md': {
    'npm run demo': { runBy: 'tests/e2e/demo.test.ts' },
    'npm test': { namedOnly: LONG },
    'unzip -q -o creditbridge-addon-*.zip -d /var/www/whmcs': {
      runBy: 'tests/support/walk/follow-readme.ts',
    },
  },
  'CONTRIBUTING.md': { 'npm test': { namedOnly: LONG } },
  'docs/api.md': { '*': CLI },
  'docs/ledger.md': { 'creditbridge explain client 12': CLI },
  'docs/operators.md': {
    'sha256sum --check SHA256SUMS': { runBy: RELEASE, but: ROOT },
    'unzip -q -o creditbridge-addon-*.zip -d /var/www/whmcs': { runBy: RELEASE },
    'useradd --system --home-dir /opt/creditbridge --shell /usr/sbin/nologin creditbridge': {
      runBy: RELEASE,
      but: ROOT,
    },
    'creditbridge init --database': WALK,
    'creditbridge migrate --grants': WALK,
    'install -m 644 /opt/creditbridge/docs/systemd/creditbridge.service': WALK,
    'install -m 644 /opt/creditbridge/docs/systemd/creditbridge-worker.service': WALK,
    'creditbridge doctor': WALK,
    'systemctl restart creditbridge': WALK,
    'systemctl stop creditbridge': WALK,
    'creditbridge parked list': WALK,
    'journalctl -u creditbridge -n 50 --no-pager': { not: SYSTEMD },
    'systemctl --user daemon-reload && systemctl --user enable --now creditbridge': {
      not: SYSTEMD,
    },
    'docker build -f docs/container/Containerfile': { not: DOCKER },
    'cd docs/container': { not: DOCKER },
    'creditbridge uninstall --export': WALK,
    'systemctl disable --now creditbridge creditbridge-worker': WALK,
    '(umask 077 && mariadb-dump --single-transaction whmcs > whmcs.sql)': WALK,
    'tar -xzf creditbridge-settings.tar.gz -C /': WALK,
  },
  'docs/performance.md': { 'npm run bench': { namedOnly: LONG } },
  'docs/privacy.md': { 'creditbridge privacy show 13 > client-13.jsonl': CLI },
  'docs/reliability.md': { 'npm run torture -- --rounds 500': { namedOnly: LONG } },
  'docs/writing-rules.md': {
    'mkdir -p /var/lib/creditbridge/rules && cd /var/lib/creditbridge/rules': { not: ROOT },
    'npx tsc -p . && node --test': { runBy: RELEASE },
    'tar -xzf /tmp/our-rules-1.0.0.tgz': { runBy: RELEASE, but: SYSTEMD },
  },
  'tests/README.md': { 'npm run vitest -- tests/unit': { namedOnly: LONG } },
  'tests/support/release/README.md': { 'npm run release': { namedOnly: LONG } },
};

/** What the table says of a block: the entry whose beginning is that of the block's first command, or the page's only entry. */
export function entryOf({ page, commands }: Block): readonly [string, Shown] | undefined {
  const first = commands[0] ?? '';
  return Object.entries(shownBlocks[page] ?? {}).find(
    ([begins]) => begins === '*' || first.startsWith(begins),
  );
}
