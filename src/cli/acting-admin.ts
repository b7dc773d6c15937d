import { ApiError, checkToken, isToken, type Scope } from '../api/index.ts';
import type { Parts } from '../app/index.ts';
import type { Environment } from '../config/index.ts';
import type { Admin } from '../operations/index.ts';

/** Where the token stands: never an argument, which everybody on the machine can read in the list of processes. */
export const TOKEN_VARIABLE = 'CREDITBRIDGE_TOKEN';

/** Nobody whom WHMCS knows, and why; else the admin whose token it is. */
export type Acting = Admin | { readonly kind: 'nobody'; readonly why: string };

/**
 * In whose name a command acts: a shell proves nothing, so it takes an API token of an admin, which is asked for the same
 * rights as by the API. So whoever proposes here is the same person on the addon page, and cannot approve there.
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
