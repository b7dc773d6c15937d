import { z } from 'zod';
import { defineRequest } from './envelope.ts';
import { count, rowId } from './words.ts';

/** Who looks at a page, according to WHMCS. Rights follow from this alone. */
export const viewer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('admin'),
    adminId: rowId,
    /** WHMCS's names of the permissions of this admin's role. */
    permissions: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('client'),
    clientId: rowId,
    /** The user who looks; null where a client has no separate users (before WHMCS 8.0). */
    userId: rowId.nullable(),
    permissions: z.array(z.string()),
    masqueradingAdminId: rowId.nullable(),
  }),
]);
export type Viewer = z.infer<typeof viewer>;

/** A value of a query or form as PHP parses it: a text, a list, or members by name. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };

const formValue: z.ZodType<FormValue> = z.lazy(() =>
  z.union([z.string(), z.array(formValue), z.record(z.string(), formValue)]),
);
const formMembers = z.record(z.string(), formValue);

/** The name of one of our pages; `rules` or `rules/auto-apply`. */
const pageName = z
  .string()
  .regex(/^[a-z0-9-]+(\/[a-z0-9-]+)*$/)
  .max(128);

/** A page of ours is to be shown inside WHMCS, or one of its forms was posted. */
export const pageRequest = defineRequest('POST /v1/page', {
  viewer,
  method: z.enum(['GET', 'POST']),
  page: pageName,
  query: formMembers,
  form: formMembers,
  /** Address of the addon page; links append `page=` to it. */
  base: z.string(),
  /** Address of the folder with our stylesheet and scripts. */
  assets: z.string(),
  /** WHMCS's token, a hidden field of every form. */
  token: z.strictObject({ name: z.string(), value: z.string() }),
  /** WHMCS's credit settings now; null where the row is missing. */
  settings: z.record(z.string(), z.string().nullable()),
});
export type PageRequest = z.infer<typeof pageRequest.schema>;

/** The page to show, or where to go instead. */
export const pageReply = z.strictObject({
  status: z.int().min(200).max(599),
  title: z.string(),
  html: z.string(),
  /** A query to append to `base`, never an address: a reply cannot send anyone to another site. */
  redirect: z
    .string()
    .regex(/^page=[A-Za-z0-9_.~%=&/-]*$/)
    .nullable(),
  waiting: count,
});
export type PageReply = z.infer<typeof pageReply>;
