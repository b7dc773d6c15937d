/** From rows of the credit log, and what was found about them, to what they were. */
export { explainPage, idsNamedBy, isWeak } from './explain-page.ts';
export type {
  CommandProof,
  Gathered,
  InvoiceProof,
  MergeProof,
  PaymentProof,
  RecordedProof,
  UpgradeProof,
} from './gathered.ts';
export { markerIn, withoutMarker } from './named-in.ts';
export {
  createTextPatterns,
  type TextPattern,
  type TextPatterns,
  textPatternFile,
} from './text-patterns.ts';
