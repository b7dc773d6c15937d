import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { resolveImport } from './resolve-import.ts';

/** A file that exports rules. */
export interface RuleSource {
  /** `built-in`, or the file's name for the admin. */
  readonly label: string;
  readonly url: string;
  /** The rule's name until its own is known. */
  readonly name: string;
}

export interface UnusableSource {
  readonly label: string;
  readonly name: string;
  readonly problem: string;
}

const ENDINGS = new Set(['.ts', '.mts', '.js', '.mjs']);
const BUILT_IN = join(import.meta.dirname, '..', 'built-in');

/** The members that make a folder a package. */
const manifest = z.looseObject({
  name: z.string().optional(),
  exports: z.unknown().optional(),
  main: z.string().optional(),
});

/** Lists the rules that come with Credit Bridge, one file each. */
export function builtInSources(): readonly RuleSource[] {
  return ruleFilesIn(BUILT_IN).map((file) => source('built-in', file));
}

/**
 * Lists the files of a provider's rules, without running them. An entry is a file, a folder with rule files, a folder with a
 * package.json, or a package that the working directory can import.
 */
export function providerSources(
  entries: readonly string[],
  workingDirectory: string,
): readonly (RuleSource | UnusableSource)[] {
  return entries.flatMap((entry): readonly (RuleSource | UnusableSource)[] => {
    try {
      const place = resolve(workingDirectory, entry);
      const found = statSync(place, { throwIfNoEntry: false });
      if (found === undefined) return [source(entry, installedPackage(entry, workingDirectory))];
      if (found.isFile()) return [source(entry, place)];
      const main = mainOfPackage(place);
      if (main !== undefined) return [source(entry, main)];
      const files = ruleFilesIn(place);
      if (files.length === 0) return [unusable(entry, 'This folder has no rule file.')];
      return files.map((file) => source(join(entry, basename(file)), file));
    } catch (error) {
      return [unusable(entry, error instanceof Error ? error.message : String(error))];
    }
  });
}

function installedPackage(entry: string, workingDirectory: string): string {
  try {
    const file = fileURLToPath(resolveImport(entry, join(workingDirectory, 'package.json')));
    if (existsSync(file)) return file;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const path = resolve(workingDirectory, entry);
  throw new Error(`There is neither a file or folder ${path} nor an installed package ${entry}.`);
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}

/** The file that Node imports for the package in this folder; undefined when the folder is not a package. */
function mainOfPackage(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { name, exports, main } = manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  if (exports === undefined) {
    return main === undefined ? undefined : createRequire(file).resolve(folder);
  }
  if (name === undefined) throw new Error(`${file} has exports but no name.`);
  return fileURLToPath(resolveImport(name, file));
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
