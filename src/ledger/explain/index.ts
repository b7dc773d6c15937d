/** Explains rows of the credit log by the evidence about them. */
export { explainPage, isOpenQuestion, isTextWithoutNumber } from './explain-page.ts';
export type {
  CommandProof,
  Gathered,
  InvoiceProof,
  MergeProof,
  PaymentProof,
  RecordedProof,
  UpgradeProof,
} from './gathered.ts';
export { idsNamedBy, markerIn, withoutMarker } from './named-in.ts';
export { PAYMENT_DAYS } from './proofs.ts';
export {
  createTextPatterns,
  type TextPattern,
  type TextPatterns,
  textPatternFile,
} from './text-patterns.ts';
