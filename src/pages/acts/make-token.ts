import type { Transaction } from 'kysely';
import { hashToken, newToken, rolePermissions, type Scope, scopesOf } from '../../api/index.ts';
import { type Database, toMoment } from '../../db/index.ts';
import { audit } from '../audit.ts';
import { defineAct } from '../define-act.ts';
import { repeated } from '../done.ts';
import { texts } from '../form/form-schema.ts';
import { once } from '../once.ts';
import { listApiTokens } from '../queries/api-tokens.ts';

/** Working tokens of one admin. Nobody keeps track of more. */
const TOKENS_MAX = 20;
const NAME_MAX_CHARACTERS = 64;

/** Makes a token for the admin who asks, with scopes that the admin's rights allow, and shows it once. */
export const makeToken = defineAct({
  name: 'make-token',
  page: 'api-tokens',
  right: 'see',
  form: texts,
  says: {},
  async do(context, form) {
    const { adminId } = context.admin;
    const name = form['name'] ?? '';
    const scopes = scopesOf(context.view).filter((scope) => (form[`scope-${scope}`] ?? '') !== '');
    const working = await listApiTokens(context.db, adminId, TOKENS_MAX);
    const problem = problemOf(
      name,
      scopes,
      working.filter(({ revokedAt }) => revokedAt === null).length,
    );
    if (problem !== undefined) {
      return { kind: 'again', status: 422, problems: new Map([['name', problem]]) };
    }
    const secret = newToken();
    const id = context.newId();
    const token = { id, adminId, name, scopes, sha256: hashToken(secret), at: context.at };
    const outcome = await once(context, async (trx) => {
      await addToken(trx, token);
      await audit(trx, context, { act: 'api-token-make', target: id, details: { name, scopes } });
    });
    return outcome === 'done'
      ? { kind: 'again', status: 200, problems: new Map(), secret }
      : repeated('api-tokens');
  },
});

function problemOf(name: string, scopes: readonly Scope[], working: number): string | undefined {
  if (name === '' || name.length > NAME_MAX_CHARACTERS) {
    return `Give it a name of at most ${NAME_MAX_CHARACTERS} characters.`;
  }
  if (scopes.length === 0) return 'Choose what the token may do.';
  return working >= TOKENS_MAX
    ? `You have ${TOKENS_MAX} tokens. Revoke one that is not used any more.`
    : undefined;
}

interface NewToken {
  readonly id: string;
  readonly adminId: number;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly sha256: Buffer;
  readonly at: Date;
}

/** Stores the token with the role the admin has now: it stops when the role loses permissions. */
async function addToken(
  trx: Transaction<Database>,
  { id, adminId, name, scopes, sha256, at }: NewToken,
): Promise<void> {
  const admin = await trx
    .selectFrom('tbladmins')
    .select('roleid')
    .where('id', '=', adminId)
    .executeTakeFirst();
  const role = admin?.roleid ?? 0;
  const permissions = (await rolePermissions(trx, [role])).get(role) ?? [];
  await trx
    .insertInto('mod_creditbridge_api_tokens')
    .values({
      id,
      admin_id: adminId,
      name,
      token_sha256: sha256,
      scopes: scopes.join(' '),
      role_id: role,
      role_permissions: permissions.join(','),
      created_at: toMoment(at),
      last_used_at: null,
      revoked_at: null,
    })
    .execute();
}
