/** Whether a checkbox setting of WHMCS is on. Stored is `on` or nothing; `1` and `true` were seen too (whmcs.md §1.1). */
export function parseSwitch(value: string | null | undefined): boolean {
  return ['on', '1', 'true'].includes((value ?? '').toLowerCase());
}
