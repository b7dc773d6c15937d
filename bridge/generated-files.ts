import { readFileSync } from 'node:fs';
import { hooks } from './hooks.ts';
import { deniedParts, forwardedEndings, neverForwardedHooks } from './unknown-hook.ts';

/** A file that `npm run generate` writes, and what it has to hold. */
export interface GeneratedFile {
  /** From the folder of the project. */
  readonly path: string;
  readonly content: string;
}

const FIELDS = 'php-shim/modules/addons/creditbridge/lib/Hook/Fields.php';
const README = 'bridge/README.md';

/** The table of hooks in the README: its head, and the rows up to the next empty line. */
const TABLE = /(?<=^\| hook \| fields \|.*\n\|.*\n)(\|.*\n)*/m;
/** Longest list that PHP keeps on one line; PSR-12 asks for 120 characters with what stands before it. */
const LIST_MAX_CHARACTERS = 80;

/** The files that repeat the catalogue of hooks: the shim's list and the contract's table. */
export function generatedFiles(): readonly GeneratedFile[] {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  return [
    { path: FIELDS, content: fieldsInPhp() },
    { path: README, content: readme.replace(TABLE, () => hookRows()) },
  ];
}

function hookRows(): string {
  const rows = Object.entries(hooks).map(([name, { fields, answer, whmcs }]) => {
    const list = fields.map((field) => `\`${field}\``).join(', ');
    return `| \`${name}\` | ${list} | ${answer} | ${whmcs} |\n`;
  });
  return rows.join('');
}

function fieldsInPhp(): string {
  const known = Object.entries(hooks).map(([name, { fields }]) => `        ${entry(name, fields)}`);
  return `<?php

// Generated from bridge/hooks.ts and bridge/unknown-hook.ts by \`npm run generate\`. Change those, not this.

declare(strict_types=1);

namespace WHMCS\\Module\\Addon\\Creditbridge\\Hook;

/** The fields that may leave WHMCS, per hook. bridge/README.md says where each value comes from. */
final class Fields
{
    /** Log-ins, passwords, cards: never forwarded, whatever a manifest says. */
    const NEVER = ${list([...neverForwardedHooks], '    ')};

    /** Parts of names (any case) that never leave with a hook that only a provider's rule uses. */
    const DENIED = ${list(deniedParts, '    ')};

    /** Endings of names that such a hook forwards without naming them. */
    const ENDINGS = ${list(forwardedEndings, '    ')};

    const KNOWN = [
${known.join('\n')}
    ];
}
`;
}

function entry(hook: string, fields: readonly string[]): string {
  return `'${hook}' => ${list(fields, '        ')},`;
}

/** A PHP array of texts: on one line, or where that is too long with a line for each. */
function list(texts: readonly string[], indent: string): string {
  const quoted = texts.map((text) => `'${text}'`);
  const short = `[${quoted.join(', ')}]`;
  if (short.length <= LIST_MAX_CHARACTERS) return short;
  return `[\n${quoted.map((text) => `${indent}    ${text},\n`).join('')}${indent}]`;
}
