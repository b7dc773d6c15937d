import { readFileSync } from 'node:fs';
import project from '../package.json' with { type: 'json' };
import { hooks } from './hooks.ts';
import { type CommandCondition, commandConditions, moneyActions } from './runnable.ts';
import { deniedParts, forwardedEndings, neverForwardedHooks } from './unknown-hook.ts';

/** A file that `npm run generate` writes, and what it has to hold. */
export interface GeneratedFile {
  /** From the folder of the project. */
  readonly path: string;
  readonly content: string;
}

const FIELDS = 'php-shim/modules/addons/creditbridge/lib/Hook/Fields.php';
const CONDITIONS = 'php-shim/modules/addons/creditbridge/lib/Command/Conditions.php';
const LIMITS = 'php-shim/modules/addons/creditbridge/lib/Limits.php';
const DESCRIPTION = 'php-shim/modules/addons/creditbridge/whmcs.json';
const README = 'bridge/README.md';
const TABLES = 'php-shim/modules/addons/creditbridge/lib/tables.sql';

/** The rows of the README's table of hooks: the lines after its head that begin with a bar. */
const TABLE = /(?<=^\| hook \| fields \|.*\n\|.*\n)(\|.*\n)*/m;
/** Longest list that PHP keeps on one line; PSR-12 asks for 120 characters with what stands before it. */
const LIST_MAX_CHARACTERS = 80;

/**
 * The shim's list of hooks, the README's table of them, the shim's conditions of commands and its copy of the tables; and what
 * package.json says of the project, where WHMCS reads it.
 */
export function generatedFiles(): readonly GeneratedFile[] {
  const readme = read('README.md');
  return [
    { path: FIELDS, content: fieldsInPhp() },
    { path: README, content: readme.replace(TABLE, () => hookRows()) },
    { path: TABLES, content: read('tables.sql') },
    { path: CONDITIONS, content: conditionsInPhp() },
    { path: LIMITS, content: withVersion(read(`../${LIMITS}`)) },
    { path: DESCRIPTION, content: describedForWhmcs(JSON.parse(read(`../${DESCRIPTION}`))) },
  ];
}

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

interface Project {
  readonly version: string;
  readonly license: string;
  /** Absent as long as the project has none. */
  readonly homepage?: string;
}

function withVersion(php: string): string {
  return php.replace(/(?<=const VERSION = ')[^']*/, project.version);
}

/** What WHMCS's list of modules shows (whmcs.md §6). Without a homepage it names no address at all, rather than an empty one. */
function describedForWhmcs(described: Readonly<Record<string, unknown>>): string {
  const { version, license, homepage }: Project = project;
  const content = {
    ...described,
    version,
    license,
    support: homepage === undefined ? undefined : { homepage, docs_url: homepage },
    authors: [{ name: 'Credit Bridge contributors', homepage }],
  };
  return `${JSON.stringify(content, null, 2)}\n`;
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

function conditionsInPhp(): string {
  const { mayAct, runnable, leftBehind } = commandConditions;
  return `<?php

// Generated from bridge/runnable.ts by \`npm run generate\`. Change that, not this.

declare(strict_types=1);

namespace WHMCS\\Module\\Addon\\Creditbridge\\Command;

/**
 * Which commands the shim can move on now: conditions about a row c of mod_creditbridge_commands, each with the number
 * of the schema that has what it reads. The service counts with the same conditions.
 */
final class Conditions
{
    /** Checked again when a command starts. */
    const MAY_ACT = ${conditions(mayAct)};

    /** An open command that can run. */
    const RUNNABLE = ${conditions(runnable)};

    /** A running command that nobody runs any more: it can be settled. */
    const LEFT_BEHIND = ${conditions(leftBehind)};

    /** Actions that change credit or an invoice. */
    const MONEY = ${list(moneyActions, '    ')};
}
`;
}

function conditions(some: readonly CommandCondition[]): string {
  const rows = some.map(({ schema, sql }) => {
    const text = sql
      .split('\n')
      .join(`"\n            . "`)
      .replaceAll(/" {2,}/g, '" ');
    return `        [${schema}, "${text}"],\n`;
  });
  return `[\n${rows.join('')}    ]`;
}

function entry(hook: string, fields: readonly string[]): string {
  return `'${hook}' => ${list(fields, '        ')},`;
}

/** A PHP array of texts: on one line if it fits, else with one line for each text. */
function list(texts: readonly string[], indent: string): string {
  const quoted = texts.map((text) => `'${text}'`);
  const short = `[${quoted.join(', ')}]`;
  if (short.length <= LIST_MAX_CHARACTERS) return short;
  return `[\n${quoted.map((text) => `${indent}    ${text},\n`).join('')}${indent}]`;
}
