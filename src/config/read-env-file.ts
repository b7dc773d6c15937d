import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigurationError } from '../base/index.ts';
import type { Environment } from './environment.ts';

/** `NAME=value`, with or without `export` before it. */
const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;
/** A quoted value that ends on its line, and at most a comment behind it. */
const QUOTED = /^(["'`]).*?\1\s*(?:#.*)?$/;

/**
 * Reads a file of settings as `process.loadEnvFile` does, but refuses what that would take in another sense than it was
 * written in. A file that does not exist holds no settings.
 *
 * @throws {ConfigurationError} with every problem; a sentence names the line and the variable, never the value.
 */
export function readEnvFile(path: string): Environment {
  const text = readText(path);
  const names = new Map<string, number>();
  const problems = text.split(/\r?\n/).flatMap((line, index) => {
    const problem = problemOf(line, index + 1, names);
    return problem === undefined ? [] : `${path}, line ${index + 1}${problem}`;
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return parseEnv(text);
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    switch (code) {
      case 'ENOENT':
        return '';
      case 'EISDIR':
        throw new ConfigurationError([
          `${resolve(path)} is a folder. Put the settings into a file of this name, or remove the folder.`,
        ]);
      case 'ERR_ENCODING_INVALID_ENCODED_DATA':
        throw new ConfigurationError([`${resolve(path)} is not UTF-8. Save it in that encoding.`]);
      default:
        throw new ConfigurationError([
          `${resolve(path)} cannot be read (${code}). Run this as root or as the service's own user, or let the user that this runs as read it (chown, chmod 640). Remove it if the settings come from elsewhere.`,
        ]);
    }
  }
}

/** What is wrong with a line; undefined when nothing is. */
function problemOf(line: string, number: number, names: Map<string, number>): string | undefined {
  if (/^\s*(#.*)?$/.test(line)) return undefined;
  const [, name = '', value = ''] = LINE.exec(line) ?? [];
  if (name === '') return ' is not of the form NAME=value. A comment begins with #.';
  const before = names.get(name);
  names.set(name, number);
  if (before !== undefined) return `: ${name} is set in line ${before} already.`;
  if (/^["'`]/.test(value)) {
    return QUOTED.test(value)
      ? undefined
      : `: the value of ${name} begins with a quotation mark that does not end it on this line.`;
  }
  return /\S#/.test(value)
    ? `: ${name} has a # in its value, which would be cut off there. Write %23 in an address; put any other value between quotation marks.`
    : undefined;
}
