import { ApiError } from './api-error.ts';

export function notAdopted(): ApiError {
  return new ApiError(
    'not-adopted',
    "WHMCS's credit log is not adopted yet; the addon page shows how far it came, and `creditbridge adopt` does it now.",
  );
}
