/** A WHMCS that the suites can meet: what it calls itself, and the switches of the stand-in that make it so. */
export interface WhmcsVersion {
  readonly version: string;
  readonly isNine: boolean;
  readonly switches: Readonly<Record<string, string>>;
}

export const WHMCS_VERSIONS: Readonly<Record<string, WhmcsVersion>> = {
  '8.13': { version: '8.13.1', isNine: false, switches: {} },
  '9.0': { version: '9.0.5', isNine: true, switches: { ledger: '9.x' } },
  '9.0-mutable': {
    version: '9.0.5',
    isNine: true,
    switches: { ledger: '9.x', nine_mutable: 'on' },
  },
  '9.0-upgraded': {
    version: '9.0.5',
    isNine: true,
    switches: { ledger: '9.x', invoice_from_before_nine: 'on' },
  },
};

/** Names one of the above; `npm run torture -- --versions` sets it. */
export const WHMCS_VARIABLE = 'TEST_WHMCS';
const USUAL = '8.13';

/** What a test meets when it does not say which WHMCS it is about. */
export function usualWhmcs(): WhmcsVersion {
  return whmcsCalled(process.env[WHMCS_VARIABLE] ?? USUAL);
}

/** Names of the versions to show side by side: both majors, or the one that was asked for. */
export function askedWhmcs(): readonly string[] {
  const asked = process.env[WHMCS_VARIABLE];
  return asked === undefined ? ['8.13', '9.0'] : [asked];
}

type Major = '8.x' | '9.x';

/**
 * The major that a rule's own tests meet: one is enough, because rules-tried.test.ts meets every rule on both. `npm test` takes
 * 8.x, `npm run torture -- --versions` that of the version that it asks for.
 */
export function askedMajors(): readonly Major[] {
  return [usualWhmcs().isNine ? '9.x' : '8.x'];
}

/** Of situations on both majors, those to try. */
export function onAskedMajor<One extends { readonly major: Major }>(
  situations: readonly One[],
): readonly One[] {
  return situations.filter(({ major }) => askedMajors().includes(major));
}

/** @throws {TypeError} for a name that is not listed. */
export function whmcsCalled(name: string): WhmcsVersion {
  const version = WHMCS_VERSIONS[name];
  if (version !== undefined) return version;
  throw new TypeError(
    `${WHMCS_VARIABLE} is ${name}; one of ${Object.keys(WHMCS_VERSIONS).join(', ')} was expected.`,
  );
}
