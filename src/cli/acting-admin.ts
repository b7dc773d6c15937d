import { ApiError, checkToken, isToken, type Scope } from '../api/index.ts';
import type { Parts } from '../app/index.ts';
import type { Environment } from '../config/index.ts';
import type { Admin } from '../operations/index.ts';

/** The variable with the token. It is no argument, because every user of the machine can read those in the process list. */
export const TOKEN_VARIABLE = 'CREDITBRIDGE_TOKEN';

/** The admin whose token it is; or nobody, and why. */
export type Acting = Admin | { readonly kind: 'nobody'; readonly why: string };

/**
 * Finds the admin in whose name a command acts: a shell proves nothing, so it takes an admin's API token, with the same checks
 * as by the API. So an admin who proposes here is the same person on the addon page, and cannot approve there.
 */
export async function actingAdmin(
  env: Environment,
  { db }: Pick<Parts, 'db'>,
  scope: Scope,
): Promise<Acting> {
  const token = env[TOKEN_VARIABLE]?.trim() ?? '';
  if (!isToken(token)) {
    const found = token === '' ? 'is not set' : 'holds no token ("cbt_" and 43 characters)';
    return nobody(
      `${TOKEN_VARIABLE} ${found}. This is done in the name of an admin: make a token with the scope "${scope}" on the addon page, under Settings, API tokens, and put it into that environment variable.`,
    );
  }
  try {
    return await checkToken(db, token, scope, new Date());
  } catch (error) {
    if (error instanceof ApiError) return nobody(`${TOKEN_VARIABLE}: ${error.message}`);
    throw error;
  }
}

function nobody(why: string): Acting {
  return { kind: 'nobody', why: `Nothing was done. ${why}` };
}
