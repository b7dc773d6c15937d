import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

/** A file that exports rules. */
export interface RuleSource {
  /** `built-in`, or how the file is named to the admin. */
  readonly label: string;
  readonly url: string;
  /** What a rule is called while it can't tell its own name. */
  readonly name: string;
}

export interface UnusableSource {
  readonly label: string;
  readonly name: string;
  readonly problem: string;
}

const ENDINGS = new Set(['.ts', '.mts', '.js', '.mjs']);
const BUILT_IN = join(import.meta.dirname, '..', 'built-in');

const exportTarget = z.union([
  z.string(),
  z.looseObject({ import: z.string() }).transform((conditions) => conditions.import),
  z.looseObject({ default: z.string() }).transform((conditions) => conditions.default),
]);
const manifest = z.looseObject({
  exports: z
    .union([
      exportTarget,
      z.looseObject({ '.': exportTarget }).transform((entries) => entries['.']),
    ])
    .optional(),
  main: z.string().optional(),
});

/** The rules that come with Credit Bridge: a file each. */
export function builtInSources(): readonly RuleSource[] {
  return ruleFilesIn(BUILT_IN).map((file) => source('built-in', file));
}

/**
 * The files of a provider's rules. An entry is a file, a folder with rule files, a folder with a package.json, or the name of a
 * package installed in `node_modules` of the working directory. Nothing is run here.
 */
export function providerSources(
  entries: readonly string[],
  workingDirectory: string,
): readonly (RuleSource | UnusableSource)[] {
  return entries.flatMap((entry): readonly (RuleSource | UnusableSource)[] => {
    try {
      const place = placeOf(entry, workingDirectory);
      if (statSync(place).isFile()) return [source(entry, place)];
      const main = mainOfPackage(place);
      if (main !== undefined) return [source(entry, main)];
      const files = ruleFilesIn(place);
      if (files.length === 0) return [unusable(entry, 'There is no rule file in this folder.')];
      return files.map((file) => source(join(entry, basename(file)), file));
    } catch (error) {
      return [unusable(entry, error instanceof Error ? error.message : String(error))];
    }
  });
}

function placeOf(entry: string, workingDirectory: string): string {
  const path = resolve(workingDirectory, entry);
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return path;
  const installed = resolve(workingDirectory, 'node_modules', entry);
  if (statSync(installed, { throwIfNoEntry: false }) !== undefined) return installed;
  throw new Error(`There is neither a file or folder ${path} nor a package ${installed}.`);
}

function mainOfPackage(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  const read = manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  const main = read.exports ?? read.main;
  return main === undefined ? undefined : resolve(folder, main);
}

function ruleFilesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => ENDINGS.has(extname(name)) && !/\.(test|d)\.[a-z]+$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function source(label: string, file: string): RuleSource {
  return { label, url: pathToFileURL(file).href, name: nameOf(file) };
}

function unusable(entry: string, problem: string): UnusableSource {
  return { label: entry, name: nameOf(entry), problem };
}

function nameOf(path: string): string {
  return basename(path, extname(path)) || path;
}
