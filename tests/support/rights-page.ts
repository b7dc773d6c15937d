import { readFileSync } from 'node:fs';
import { acts } from '../../src/pages/acts/index.ts';
import { permissionsFor, type Right } from '../../src/pages/rights.ts';
import { screens } from '../../src/pages/screens/index.ts';

/** The page with the permissions that every page and every act asks for. */
export function rightsPage(): string {
  const pages = screens.map(({ path, right }) => `| \`${path}\` | ${inWords(right)} |`);
  const done = acts.map(
    ({ name, page, right }) => `| \`${name}\` | \`${page}\` | ${inWords(right)} |`,
  );
  return `# Who may do what

What an admin may see and do on the addon page follows from the permissions of the WHMCS role. \`npm run lists\` writes these tables from what
the service itself checks. A program or a shell acts with the token of an admin and may do what that admin may do.

WHMCS decides who may open the addon at all (*Addon Modules*, *Configure*, *Access Control*). Clients have none of these rights: a client's
user sees the client's own credit with the permission *invoices*.

## Pages

| page | asks for |
| --- | --- |
${pages.join('\n')}

## Acts

| act | on the page | asks for |
| --- | --- | --- |
${done.toSorted().join('\n')}

## Acts of the addon

These stand on the page *Connection*, which works without the service.

| act | asks for |
| --- | --- |
${panelRights().join('\n')}
`;
}

/** The names of the shim's acts. */
export function panelActs(): readonly string[] {
  return panelRights().map((row) => /`([a-z-]+)`/.exec(row)?.[1] ?? row);
}

/** The acts of the shim, from its own list. */
function panelRights(): readonly string[] {
  const lib = new URL('../../php-shim/modules/addons/creditbridge/lib/Page/', import.meta.url);
  const read = (name: string) => readFileSync(new URL(name, lib), 'utf8');
  const constants = new Map(
    [...read('Viewer.php').matchAll(/const ([A-Z_]+) = '([^']+)';/g)].map(
      ([, name = '', text = '']) => [`Viewer::${name}`, `*${text}*`],
    ),
  );
  const source = read('PanelActions.php');
  for (const [, name = '', list = ''] of source.matchAll(
    /const ([A-Z_]+) = \[(Viewer[^\]]+)\];/g,
  )) {
    constants.set(`self::${name}`, namesIn(list, constants));
  }
  const rights = /const RIGHTS = \[(.*?)\n {4}\];/s.exec(source)?.[1] ?? '';
  return [...rights.matchAll(/'([a-z-]+)' => (.+),/g)].map(
    ([, act, list = '']) => `| \`${act}\` | ${namesIn(list, constants)} |`,
  );
}

function namesIn(list: string, constants: ReadonlyMap<string, string>): string {
  return list
    .replace(/[[\]]/g, '')
    .split(', ')
    .map((name) => constants.get(name) ?? name)
    .join(' and ');
}

function inWords(right: Right | readonly Right[]): string {
  const ways = [right].flat().map((one) =>
    permissionsFor(one)
      .map((name) => `*${name}*`)
      .join(' and '),
  );
  return ways.filter((way) => way !== '').join(', or ') || 'nothing more';
}
