import type { ApiError, Refuse } from './api-error.ts';

export function notAdopted(refuse: Refuse<'not-adopted'>): ApiError {
  return refuse(
    'not-adopted',
    "WHMCS's credit log is not adopted yet; the addon page shows how far it came, and `creditbridge adopt` does it now.",
  );
}
