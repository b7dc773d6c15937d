import { Engine } from 'php-parser';
import {
  newerClasses,
  newerConstants,
  newerFunctions,
  newerStaticMethods,
} from './php-newer-names.ts';

/** Types that are ordinary class names to PHP 7.2, and would refuse every value there. */
const NEWER_TYPES = new Set(['mixed', 'never', 'static', 'false', 'null', 'true']);

/** A node of php-parser's tree; what it has depends on its kind. */
interface Node {
  readonly kind: string;
  readonly loc?: { readonly start: { readonly line: number } } | null;
  readonly [member: string]: unknown;
}

/**
 * What in this PHP code does not exist in PHP 7.2, as `line: what`; empty when it runs there. The parser finds
 * most of the syntax, the walk finds what it reads too kindly, and names the versions after 7.2 brought. A function,
 * class or constant that the file itself asks for (`function_exists('…')`) may be used.
 */
export function newerThanPhp72(code: string): string[] {
  const parser = new Engine({
    parser: { version: '7.2', php7: true, suppressErrors: false, extractDoc: false },
    ast: { withPositions: true },
  });
  let tree: unknown;
  try {
    tree = parser.parseCode(code, 'code.php');
  } catch (error) {
    const { message, lineNumber } = error as Error & { lineNumber?: number };
    return [`${lineNumber ?? 0}: ${message}`];
  }
  const findings: string[] = [];
  const guarded = new Set<string>();
  walk(tree, (node) => {
    const name = guardedName(node);
    if (name !== undefined) guarded.add(name);
  });
  walk(tree, (node, parent) => {
    for (const what of newerSyntax(node)) findings.push(`${line(node)}: ${what}`);
    const name = newerName(node, parent);
    if (name !== undefined && !guarded.has(name.name)) {
      findings.push(`${line(node)}: ${name.kind} ${name.name} is newer than PHP 7.2`);
    }
  });
  return findings;
}

function line(node: Node): number {
  return node.loc?.start.line ?? 0;
}

/** The name inside `function_exists('name')`, `class_exists(…)` or `defined(…)`. */
function guardedName(node: Node): string | undefined {
  if (node.kind !== 'call' || !Array.isArray(node['arguments'])) return undefined;
  const asks = ['function_exists', 'class_exists', 'interface_exists', 'defined'];
  if (!asks.includes(nameOf(node['what']) ?? '')) return undefined;
  const argument: unknown = node['arguments'][0];
  return isNode(argument) && argument.kind === 'string' ? plain(argument['value']) : undefined;
}

function newerSyntax(node: Node): string[] {
  const findings: string[] = [];
  const found = (condition: boolean, what: string) => {
    if (condition) findings.push(what);
  };
  const isParameter = node.kind === 'parameter';
  found(node.kind === 'uniontype', 'a union type');
  found(
    node.kind === 'number' && /[_oO]/.test(String(node['value'])),
    'this way to write a number',
  );
  found(isParameter && node['flags'] !== 0, 'a property declared by a constructor parameter');
  found(node['readonly'] === true || node['isReadonly'] === true, 'readonly');
  found(node.kind === 'list' && assignsByReference(node), 'a reference in a list assignment');
  found(
    node.kind === 'typereference' && NEWER_TYPES.has(plain(node['name'])),
    `the type ${plain(node['name'])}`,
  );
  if (node.kind === 'staticlookup' && isNode(node['offset'])) {
    const ofClass =
      isNode(node['what']) &&
      !['name', 'selfreference', 'staticreference', 'parentreference'].includes(node['what'].kind);
    found(ofClass && node['offset']['name'] === 'class', '::class of an object');
    found(node['offset'].kind === 'literal', 'a class constant with a computed name');
  }
  if (
    isParameter ||
    node.kind === 'property' ||
    node.kind === 'constant' ||
    node.kind === 'static'
  ) {
    walk(node['value'], (inner) => found(inner.kind === 'new', 'new in an initialiser'));
  }
  return findings;
}

function assignsByReference(list: Node): boolean {
  const items: unknown[] = Array.isArray(list['items']) ? list['items'] : [];
  return items.some((item) => isNode(item) && item['byRef'] === true);
}

interface NewerName {
  readonly kind: 'function' | 'class' | 'constant' | 'method';
  readonly name: string;
}

function newerName(node: Node, parent: Node | undefined): NewerName | undefined {
  if (node.kind === 'useitem')
    return ofList(plain(node['name']), ['function', 'class', 'constant']);
  if (node.kind === 'staticlookup') {
    const offset = isNode(node['offset']) ? plain(node['offset']['name']) : '';
    const name = `${nameOf(node['what']) ?? ''}::${offset}`;
    return newerStaticMethods.has(name) ? { kind: 'method', name } : undefined;
  }
  const name = nameOf(node);
  if (name === undefined) return undefined;
  return parent?.kind === 'call' ? ofList(name, ['function']) : ofList(name, ['class', 'constant']);
}

function ofList(name: string, kinds: readonly NewerName['kind'][]): NewerName | undefined {
  const lists = {
    function: newerFunctions,
    class: newerClasses,
    constant: newerConstants,
    method: newerStaticMethods,
  };
  const kind = kinds.find((one) => lists[one].has(name));
  return kind === undefined ? undefined : { kind, name };
}

function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.kind === 'name' ? plain(node['name']) : undefined;
}

/** PHP's names of functions and classes do not care for case, nor for a leading backslash. */
function plain(name: unknown): string {
  return typeof name === 'string' ? name.replace(/^\\/, '').toLowerCase() : '';
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function walk(
  value: unknown,
  visit: (node: Node, parent: Node | undefined) => void,
  parent?: Node,
): void {
  if (Array.isArray(value)) {
    for (const one of value) walk(one, visit, parent);
  } else if (isNode(value)) {
    visit(value, parent);
    for (const [member, child] of Object.entries(value)) {
      // The arguments of a call are not the function that is called.
      const isCallee = !(value.kind === 'call' && member === 'arguments');
      if (member !== 'loc') walk(child, visit, isCallee ? value : undefined);
    }
  }
}
