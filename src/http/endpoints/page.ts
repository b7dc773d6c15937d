import { type PageReply, type PageRequest, pageRequest } from '../../../bridge/index.ts';
import type { Logger } from '../../base/index.ts';
import type { Pages } from '../../pages/index.ts';
import { defineEndpoint, type Endpoint } from '../define-endpoint.ts';

/** Our acts have short names; what is longer was not in a form of ours. */
const ACT_CHARACTERS = 64;

/** One of our pages. Looking is allowed before pairing; posting a form acts. */
export function pageEndpoint(pages: Pages, log: Logger): Endpoint {
  return defineEndpoint({
    kind: pageRequest,
    needs: 'installation',
    keepsRefused: false,
    acts: (request) => request.method !== 'GET',
    answer: async (request) => {
      const reply = await pages.render(request);
      noteRefusal(log, request, reply);
      return reply;
    },
  });
}

/** Whoever tries what the role does not allow, or sends a form that we did not make, stands in the log. */
function noteRefusal(log: Logger, { viewer, method, page, form }: PageRequest, reply: PageReply) {
  const isForged = method === 'POST' && reply.status === 400;
  if (reply.status !== 403 && !isForged) return;
  const who = viewer.kind === 'admin' ? `admin:${viewer.adminId}` : `client:${viewer.clientId}`;
  const act = typeof form['act'] === 'string' ? form['act'].slice(0, ACT_CHARACTERS) : undefined;
  log.warn({ who, page, act, status: reply.status }, 'A page or act was refused to its viewer');
}
