import { accessSync, constants } from 'node:fs';
import { isIP } from 'node:net';

/** These end the part of an address before the host, and a `%` must begin `%XX`. */
const SPECIAL = /[#/?]|%(?![0-9A-Fa-f]{2})/g;

/** Says what is wrong with a database address, without repeating it; undefined when nothing is. */
export function databaseUrlProblem(text: string): string | undefined {
  const special = unwrittenCharacters(text);
  if (special.length > 0) {
    const written = special.map((one) => `${one} as ${encodeURIComponent(one)}`).join(', ');
    return `has special characters in its user or password. Write ${written}.`;
  }
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'mysql:') {
    return 'is not an address such as mysql://user:password@host:3306/database (special characters of the password written as %XX).';
  }
  if (url.username === '') return 'names no user.';
  if (!/^\/[0-9A-Za-z_$-]{1,64}$/.test(url.pathname)) return 'names no database.';
  return authorityProblem(url);
}

/** What is wrong with the file of the authority that signed the certificate of the database server. */
function authorityProblem({ hostname, searchParams }: URL): string | undefined {
  const file = searchParams.get('ca');
  if (file === null) return undefined;
  if (isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0) {
    return 'has a ca and a number as its host. A certificate is for a name: write the name of the host.';
  }
  try {
    accessSync(file, constants.R_OK);
    return undefined;
  } catch {
    return `names ${file} as ca, which cannot be read.`;
  }
}

/** The characters of user and password, which stand before the last @, that must be written as %XX and are not. */
function unwrittenCharacters(text: string): readonly string[] {
  const [, account = ''] = /^mysql:\/\/(.*)@/.exec(text.replace(/\?(?:socket|ca)=.*$/, '')) ?? [];
  return [...new Set(account.match(SPECIAL))];
}
