/** What sweeps and periodic work found and an admin may have to see. */
export type { FindingOutcome, NewFinding } from './finding.ts';
export { addFindings, forgetFindings, moveFindings, writeFindings } from './write-findings.ts';
