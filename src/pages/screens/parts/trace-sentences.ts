import {
  explain,
  readTrace as parseTrace,
  type TitleOf,
  type Trace,
} from '../../../rules/settle/index.ts';
import { type Html, html } from '../../html/html.ts';

/** A stored trace; undefined when it is not one, as after its retention time. */
export function readTrace(json: string): Trace | undefined {
  try {
    return parseTrace(json);
  } catch {
    return undefined;
  }
}

/** The explanation in plain words. */
export function sentences(trace: Trace, titleOf: TitleOf): Html {
  return html`<div class="cb-words">${explain(trace, titleOf).map((sentence) => html`<p>${sentence}</p>`)}</div>`;
}
