import type { FormValue, PageRequest } from '../../../bridge/index.ts';
import { type LayerAddress, settingsLayer } from '../rule-layer.ts';

/** A text of the query; undefined when it is absent, empty or no text. */
export function queryText(request: PageRequest, name: string): string | undefined {
  return textOf(request.query[name]);
}

/** An id of the query; undefined when it is none. */
export function queryId(request: PageRequest, name: string): number | undefined {
  return idOf(queryText(request, name));
}

export function formText(request: PageRequest, name: string): string {
  return textOf(request.form[name]) ?? '';
}

function textOf(value: FormValue | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** Ids of WHMCS are unsigned 32-bit numbers at most. */
const ID_MAX = 4_294_967_295;

/** An id as somebody typed it, with or without `#`; undefined when it is none. */
export function idOf(text: string | undefined): number | undefined {
  const id = text !== undefined && /^#?\d{1,10}$/.test(text) ? Number(text.replace('#', '')) : 0;
  return id > 0 && id <= ID_MAX ? id : undefined;
}

/** Whose settings are meant; undefined when the query names nobody. */
export function readLayerAddress(request: PageRequest): LayerAddress | undefined {
  const text = queryText(request, 'layer');
  if (text === undefined || text === 'installation') {
    return { layer: 'installation', layerId: 0 };
  }
  const layer = settingsLayer.safeParse(text).data;
  const layerId = queryId(request, 'of');
  return layer === undefined || layerId === undefined ? undefined : { layer, layerId };
}
