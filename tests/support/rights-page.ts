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

The page *Connection* is the addon's own. Its buttons ask for *Configure Addon Modules*, and to say whether a command was done, for
*Manage Credits*.
`;
}

function inWords(right: Right | readonly Right[]): string {
  const ways = [right].flat().map((one) =>
    permissionsFor(one)
      .map((name) => `*${name}*`)
      .join(' and '),
  );
  return ways.filter((way) => way !== '').join(', or ') || 'nothing more';
}
