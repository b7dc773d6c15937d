import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { doors, entrances, hidden, impure, narrowDoors, pure, rooms } from './layout.ts';

/** One file imports another, or a package; paths as git writes them. */
interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly isPackage: boolean;
}

interface House {
  readonly arrows: readonly Arrow[];
  /** Places that name a built-in rule outside of its own file. */
  readonly ruleIds: readonly {
    readonly file: string;
    readonly line: number;
    readonly id: string;
  }[];
}

const BUILT_IN = 'src/rules/built-in/';
/** As the formatter writes them: at the beginning of a line, names in braces, single quotes. */
const IMPORT =
  /^(?:(?:import|export)\s+(?:type\s+)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+)\s+from|import)\s+'([^'\n]+)'|\bimport\('([^'\n]+)'\)/gm;

/** Reads what every file of `bridge`, `src` and `migrations` imports. The formatter gives imports one form. */
function readHouse(folder: string): House {
  const files = ['bridge', 'src', 'migrations']
    .flatMap((top) => globSync(`${top}/**/*.ts`, { cwd: folder }))
    .map((path) => path.split('\\').join('/'))
    .sort();
  const texts = files.map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
  return {
    arrows: texts.flatMap(({ file, text }) => arrowsOf(file, text)),
    ruleIds: ruleIdsIn(texts),
  };
}

function arrowsOf(file: string, text: string): Arrow[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const named = match[1] ?? match[2] ?? '';
    const isPackage = !named.startsWith('.');
    const to = isPackage ? named : posix.join(posix.dirname(file), named);
    return { from: file, to, isPackage };
  });
}

/** What is wrong with the house in this folder, a sentence each. */
export function problemsOf(folder: string): string[] {
  const { arrows, ruleIds } = readHouse(folder);
  const forbidden = arrows.flatMap((arrow) => {
    const why = whyForbidden(arrow);
    return why === null ? [] : [`${arrow.from} must not import ${arrow.to}: ${why}`];
  });
  const circles = findCircles(arrows).map(
    (circle) => `These files import each other in a circle: ${circle.join(' → ')}`,
  );
  const misplaced = ruleIds.map(
    ({ file, line, id }) =>
      `${file}:${line} names the rule ${id}; what concerns one rule is declared in its file.`,
  );
  return [...forbidden, ...circles, ...misplaced];
}

/** Why this import is against the layout; null when it is not. */
function whyForbidden({ from, to, isPackage }: Arrow): string | null {
  return isPackage ? whyNotPackage(from, to) : whyNotFile(from, to);
}

function whyNotPackage(from: string, name: string): string | null {
  const [base = name] = name.split('/');
  const home = hidden[base];
  if (home !== undefined && !isIn(from, home)) return `only ${home} uses ${base}.`;
  const room = Object.keys(pure).find((one) => isIn(from, one));
  if (room === undefined || impure.some((one) => isIn(from, one))) return null;
  const allowed = pure[room] ?? [];
  return allowed.includes(name) || allowed.includes(base)
    ? null
    : `${room} has no input or output; of packages it uses only ${allowed.join(', ')}.`;
}

function whyNotFile(from: string, to: string): string | null {
  const [here, there] = [roomOf(from), roomOf(to)];
  if (here === there || to === 'package.json') return null;
  if (!isDoor(to)) return `${there} is entered through its index.ts.`;
  // `main.ts` and the entrances put everything together.
  if (here === 'main.ts' || entrances.includes(here)) return null;
  const names = rooms[here];
  if (names === undefined) return `the room ${here} is not in tests/support/layout.ts.`;
  const narrow = narrowDoors[there];
  const isInPackage = here === 'rules' && !impure.some((one) => isIn(from, one));
  if (isInPackage && narrow !== undefined && to !== narrow) {
    return `what goes into the package for rules enters ${there} by ${narrow}.`;
  }
  const allowed = names.split(' ').filter(Boolean);
  return allowed.includes(there) ? null : `${here} may import ${allowed.join(', ') || 'nothing'}.`;
}

function isDoor(path: string): boolean {
  if (doors.includes(path)) return true;
  const folder = posix.dirname(path);
  if (posix.basename(path) !== 'index.ts') return false;
  return doors.includes(folder) || folder === 'bridge' || folder.split('/').length === 2;
}

function roomOf(path: string): string {
  const [top = '', next = ''] = path.split('/');
  return top === 'src' ? next : top;
}

function isIn(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

/** Files that import each other in a circle, once each, as the way around: the first file comes again at the end. */
function findCircles(arrows: readonly Arrow[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to, isPackage } of arrows) {
    if (!isPackage) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const circles: string[][] = [];
  const way: string[] = [];

  function walk(file: string): void {
    const seenAt = way.indexOf(file);
    if (seenAt >= 0) circles.push([...way.slice(seenAt), file]);
    if (seenAt >= 0 || done.has(file)) return;
    way.push(file);
    for (const one of next.get(file) ?? []) walk(one);
    way.pop();
    done.add(file);
  }
  for (const file of next.keys()) walk(file);
  return circles;
}

/** A rule's id is the name of its file. In quotes, or as the beginning of a fact, it is meant; in a comment it is prose. */
function ruleIdsIn(texts: readonly { readonly file: string; readonly text: string }[]) {
  const ids = texts
    .filter(({ file }) => file.startsWith(BUILT_IN))
    .map(({ file }) => posix.basename(file, '.ts'))
    .filter((id) => id !== 'index');
  if (ids.length === 0) return [];
  const named = new RegExp(`['"\`](${ids.join('|')})(?=['"\`:.])`);
  return texts
    .filter(({ file }) => !file.startsWith(BUILT_IN))
    .flatMap(({ file, text }) =>
      text.split('\n').flatMap((words, index) => {
        const id = named.exec(words.replace(/^\s*(\*|\/\/|\/\*).*/, ''))?.[1];
        return id === undefined ? [] : [{ file, line: index + 1, id }];
      }),
    );
}
