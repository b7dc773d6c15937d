import { z } from 'zod';
import {
  type Choice,
  type Field,
  type FieldCommon,
  type Member,
  thingKinds,
  type Variant,
} from './field.ts';

/** The parts of JSON Schema that settings use, and what rules add by `.meta()`: `control`, `of`, `unit`, `labels`. */
const node = z.looseObject({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  const: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  maxItems: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  maxLength: z.number().optional(),
  /** `amount-per-currency`, `percent`, `days`, `long-text`, `several`: which input it is (src/rules/settings-schema.ts, scope.ts). */
  control: z.string().optional(),
  /** Of what `several` are the ids. */
  of: z.enum(thingKinds).optional(),
  unit: z.string().optional(),
  /** What each value of an enum is called. */
  labels: z.record(z.string(), z.string()).optional(),
});
type Node = z.infer<typeof node>;

/** Reads the schema of a rule's settings. Whatever it cannot read becomes a field for JSON. */
export function readSchema(schema: unknown): Field {
  return readField(schema, { title: 'Settings', empty: 'fault' });
}

function readField(schema: unknown, given: Pick<FieldCommon, 'title' | 'empty'>): Field {
  const parsed = node.safeParse(schema);
  if (!parsed.success) {
    return { ...given, kind: 'json', help: '' };
  }
  const own = parsed.data;
  const options = own.anyOf ?? own.oneOf;
  const withoutNull = options?.filter((option) => !isNull(option));
  if (options !== undefined && withoutNull?.length === options.length - 1) {
    const [only] = withoutNull;
    const inner =
      withoutNull.length === 1 ? only : { ...own, anyOf: withoutNull, oneOf: undefined };
    return describe(own, readField(inner, { ...given, empty: 'null' }));
  }
  const common: FieldCommon = {
    title: own.title ?? given.title,
    help: own.description ?? '',
    empty: given.empty,
  };
  return readKind(own, common) ?? { ...common, kind: 'json' };
}

/** Title and description written around a nullable type belong to the field. */
function describe(own: Node, field: Field): Field {
  return { ...field, title: own.title ?? field.title, help: own.description ?? field.help };
}

function readKind(own: Node, common: FieldCommon): Field | undefined {
  const choices = readChoices(own);
  if (choices !== undefined) {
    // One with a default always has a value, so there is no choosing nothing.
    return { ...common, empty: hasDefault(own) ? 'fault' : common.empty, kind: 'choice', choices };
  }
  if (own.control === 'amount-per-currency') {
    return { ...common, kind: 'amounts' };
  }
  if (own.control === 'several') {
    if (own.of !== undefined) return { ...common, kind: 'things', of: own.of };
    const several = node.safeParse({ ...readObject(own.items), labels: own.labels }).data;
    const offered = several && readChoices(several);
    if (offered !== undefined) return { ...common, kind: 'several', choices: offered };
  }
  switch (own.type) {
    case 'boolean':
      return { ...common, kind: 'boolean' };
    case 'integer':
      return {
        ...common,
        kind: 'integer',
        minimum: own.minimum ?? next(own.exclusiveMinimum, 1),
        maximum: own.maximum ?? next(own.exclusiveMaximum, -1),
        unit: own.unit ?? (own.control === 'days' ? 'days' : ''),
      };
    case 'number':
      return { ...common, kind: 'decimal', as: 'number', unit: unitOf(own) };
    case 'string':
      return own.control === 'percent'
        ? { ...common, kind: 'decimal', as: 'text', unit: unitOf(own) }
        : {
            ...common,
            kind: 'text',
            maxLength: own.maxLength,
            long: own.control === 'long-text',
          };
    case 'array':
      return {
        ...common,
        kind: 'list',
        item: readField(own.items, { title: '', empty: 'fault' }),
        maxItems: own.maxItems,
      };
    case 'object':
      return own.properties === undefined
        ? undefined
        : { ...common, kind: 'group', members: readMembers(own) };
    default:
      return readVariants(own, common);
  }
}

function readObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function unitOf(own: Node): string {
  return own.unit ?? (own.control === 'percent' ? '%' : '');
}

function next(bound: number | undefined, step: number): number | undefined {
  return bound === undefined ? undefined : bound + step;
}

function readMembers(own: Node, except?: string): readonly Member[] {
  return Object.entries(own.properties ?? {})
    .filter(([name]) => name !== except)
    .map(([name, schema]) => ({
      name,
      field: readField(schema, {
        title: humanize(name),
        empty: own.required?.includes(name) === true && !hasDefault(schema) ? 'fault' : 'omit',
      }),
    }));
}

function readChoices(own: Node): readonly Choice[] | undefined {
  if (own.enum !== undefined) {
    return own.enum.map((value) => ({
      value,
      title: own.labels?.[String(value)] ?? humanize(String(value)),
      help: '',
    }));
  }
  const options = (own.anyOf ?? own.oneOf)?.map((option) => node.safeParse(option).data);
  if (options === undefined || options.length === 0) {
    return undefined;
  }
  const choices: Choice[] = [];
  for (const option of options) {
    if (option?.const === undefined) {
      return undefined;
    }
    choices.push({
      value: option.const,
      title: option.title ?? own.labels?.[String(option.const)] ?? humanize(String(option.const)),
      help: option.description ?? '',
    });
  }
  return choices;
}

/** Objects told apart by a constant member, as z.discriminatedUnion makes them. */
function readVariants(own: Node, common: FieldCommon): Field | undefined {
  const options = (own.anyOf ?? own.oneOf)?.map((option) => node.safeParse(option).data) ?? [];
  const first = Object.entries(options[0]?.properties ?? {}).find(([, schema]) => isConst(schema));
  if (first === undefined) {
    return undefined;
  }
  const [by] = first;
  const variants: Variant[] = [];
  for (const option of options) {
    const kind = node.safeParse(option?.properties?.[by]).data;
    if (option === undefined || kind?.const === undefined) {
      return undefined;
    }
    variants.push({
      choice: {
        value: kind.const,
        title: option.title ?? kind.title ?? humanize(String(kind.const)),
        help: option.description ?? kind.description ?? '',
      },
      members: readMembers(option, by),
    });
  }
  return { ...common, kind: 'variants', by, variants };
}

function isNull(schema: unknown): boolean {
  return node.safeParse(schema).data?.type === 'null';
}

function isConst(schema: unknown): boolean {
  return node.safeParse(schema).data?.const !== undefined;
}

function hasDefault(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'default' in schema;
}

/** `smallestRest` and `smallest-rest` become `Smallest rest`. */
function humanize(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_]+/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
