import { z } from 'zod';
import type { ApiEndpoint, CliForm } from '../../api/index.ts';

/** A parameter of an endpoint, as a command takes it. */
export interface Parameter {
  readonly in: 'params' | 'query' | 'body';
  /** Where it stands there. */
  readonly path: readonly string[];
  /** As the command line calls it: `to`, `grant-kind`. */
  readonly name: string;
  readonly about: string;
  readonly type: 'text' | 'number' | 'flag';
  /** What its value is called in help: `date`. */
  readonly value: string;
  readonly choices: readonly string[] | undefined;
  readonly required: boolean;
  /** What holds when nothing is given; undefined where the schema decides, or nothing does. */
  readonly otherwise: string | number | undefined;
  /** What a flag stands for. */
  readonly given: string | boolean;
  /** Whether the command itself decides it, such as the kind of an operation. */
  readonly isFixed: boolean;
}

/** What is used of JSON Schema. */
interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly default?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

type Form = CliForm<unknown>;

/** The parameters of a command, out of its endpoint's schemas, and those that the command itself decides. */
export function parametersOf(
  { params, query, body }: Pick<ApiEndpoint, 'params' | 'query' | 'body'>,
  form: Form,
): readonly Parameter[] {
  return [
    ...membersOf('params', jsonOf(params, 'output'), form),
    ...membersOf('query', jsonOf(query, 'output'), form),
    ...(body === undefined ? [] : membersOf('body', jsonOf(body, 'input'), form)),
  ];
}

function jsonOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io }) as JsonSchema;
}

function membersOf(
  where: Parameter['in'],
  { properties = {}, required = [] }: JsonSchema,
  form: Form,
  within: readonly string[] = [],
): readonly Parameter[] {
  return Object.entries(properties).flatMap(([member, json]) => {
    const path = [...within, member];
    const kind = form.variant?.[member];
    if (kind === undefined) {
      return [parameter({ in: where, path, json, required: required.includes(member) }, form)];
    }
    const chosen = json.oneOf?.find((one) => one.properties?.['kind']?.const === kind);
    if (chosen === undefined) throw new TypeError(`The body has no alternative "${kind}".`);
    return membersOf(where, chosen, form, path);
  });
}

interface Member extends Pick<Parameter, 'in' | 'path' | 'required'> {
  readonly json: JsonSchema;
}

function parameter({ in: where, path, json, required }: Member, form: Form): Parameter {
  const member = path.at(-1) ?? '';
  const { name = nameOf(member), about, otherwise, given } = form.options?.[member] ?? {};
  const { type, format, enum: choices } = json.anyOf?.find((one) => one.type !== 'null') ?? json;
  const isFlag = given !== undefined || type === 'boolean';
  const usual = json.const ?? otherwise ?? json.default;
  return {
    in: where,
    path,
    name,
    about: inHelp(about ?? json.description ?? ''),
    type: isFlag ? 'flag' : type === 'integer' ? 'number' : 'text',
    value: choices === undefined ? placeholderOf(type, format) : name,
    choices,
    required: required && usual === undefined,
    otherwise: typeof usual === 'string' || typeof usual === 'number' ? usual : undefined,
    given: given ?? (where === 'body' ? true : 'true'),
    isFixed: json.const !== undefined,
  };
}

/** `to-client` for `toClientId`, `expires` for `expiresOn`. */
function nameOf(member: string): string {
  return member
    .replace(/(?<=.)(Id|On)$/, '')
    .replaceAll(/[A-Z]/g, (big) => `-${big.toLowerCase()}`);
}

function placeholderOf(type?: string, format?: string): string {
  if (type === 'integer') return 'number';
  return format ?? 'text';
}

/** Help has phrases, not sentences. */
export function inHelp(text: string): string {
  const whole = text.replace(/\.$/, '');
  return /^[A-Z][a-z ]/.test(whole) ? whole.charAt(0).toLowerCase() + whole.slice(1) : whole;
}
