import { pageRequest } from '../../../bridge/index.ts';
import type { Pages } from '../../pages/index.ts';
import { defineEndpoint, type Endpoint } from '../define-endpoint.ts';

/** One of our pages. Looking is allowed before pairing; posting a form acts. */
export function pageEndpoint(pages: Pages): Endpoint {
  return defineEndpoint({
    kind: pageRequest,
    needs: 'installation',
    keepsRefused: false,
    acts: (request) => request.method !== 'GET',
    answer: (request) => pages.render(request),
  });
}
