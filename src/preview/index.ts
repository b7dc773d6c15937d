/** Preview: what settings would have done, or would do tomorrow. Commits nothing. */
export { createPreviews, type PreviewRunner, type Previews } from './kept/create-previews.ts';
export {
  endPreview,
  findPreview,
  type KeptPreview,
  type ListedPreview,
  listPreviews,
  lookAtPreview,
  previewSpan,
} from './kept/kept-preview.ts';
export { runKept } from './kept/run-kept.ts';
export { PAST_DAYS, previewPast } from './past/preview-past.ts';
export { previewTable } from './preview-table.ts';
export { previewTomorrow } from './preview-tomorrow.ts';
export type {
  Previewed,
  PreviewedClient,
  PreviewedCurrency,
  PreviewedEffect,
  PreviewProgress,
} from './previewed.ts';
export { type Draft, withDrafts } from './with-drafts.ts';
