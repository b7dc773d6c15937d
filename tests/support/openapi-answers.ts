import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

export interface OpenapiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly responses: Readonly<Record<string, Answer>>;
  };
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, Answer | { readonly $ref: string }>>;
}

interface Answer {
  readonly content: Readonly<Record<string, { readonly schema: Json }>>;
}

/** What is wrong with an answer by an OpenAPI document; '' when nothing is. */
export function faultOf(
  document: OpenapiDocument,
  call: { readonly method: string; readonly path: string },
  answer: { readonly status: number; readonly type: string; readonly body: unknown },
): string {
  const found = Object.entries(document.paths).find(([path]) => matches(path, call.path));
  const operation = found?.[1][call.method.toLowerCase()];
  const named = operation?.responses[String(answer.status)];
  const described =
    named !== undefined && '$ref' in named
      ? document.components.responses[named.$ref.replace('#/components/responses/', '')]
      : named;
  if (described === undefined)
    return `${call.method} ${call.path}: ${answer.status} is not described`;
  const media = described.content[answer.type.split(';')[0] ?? ''];
  if (media === undefined) return `${call.path}: ${answer.type} is not described`;
  const parsed = z.fromJSONSchema(inline(media.schema, document) as never).safeParse(answer.body);
  return parsed.success ? '' : `${call.path}: ${parsed.error.message}`;
}

function matches(template: string, path: string): boolean {
  const pattern = template.replaceAll(/[.]/g, '\\.').replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path.split('?')[0] ?? '');
}

/** The schema with what it refers to in its place. */
function inline(schema: unknown, document: OpenapiDocument): unknown {
  if (Array.isArray(schema)) return schema.map((one) => inline(one, document));
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$ref' in schema) {
    const name = String(schema.$ref).replace('#/components/schemas/', '');
    const referred = document.components.schemas[name];
    if (referred === undefined) throw new Error(`${schema.$ref} leads nowhere.`);
    return inline(referred, document);
  }
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, inline(value, document)]),
  );
}
