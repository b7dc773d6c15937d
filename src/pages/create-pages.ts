import type { PageReply, PageRequest } from '../../bridge/index.ts';
import { SERVICE_VERSION } from '../base/index.ts';
import { countWaiting } from '../commands/index.ts';
import { lookAtNotes } from '../db/index.ts';
import { readToday } from '../today/index.ts';
import { acts } from './acts/index.ts';
import { creditPage } from './client-area/credit-page.ts';
import { choiceFlash, takeChoice } from './client-area/take-choice.ts';
import type { PagesParts } from './context.ts';
import { type Flash, warn } from './html/flash.ts';
import { frame } from './html/frame.ts';
import { isTimeZone } from './html/moment.ts';
import { empty } from './html/parts.ts';
import type { View } from './html/view.ts';
import { menuOf } from './menu.ts';
import { findInstallation } from './queries/installation.ts';
import { listAdminNames, listCurrencies } from './queries/whmcs.ts';
import { hasRight, maySeeOwnCredit } from './rights.ts';
import { screens } from './screens/index.ts';
import { type Shown, showScreen } from './show-screen.ts';
import { type Redirect, takePost } from './take-post.ts';

export interface Pages {
  render(request: PageRequest): Promise<PageReply>;
}

const MENU = menuOf(screens);

/** Draws our pages for admins and clients inside WHMCS, and takes what they post. */
export function createPages(parts: PagesParts): Pages {
  return {
    async render(request) {
      const { viewer } = request;
      // The page may be the first that is asked for after an upgrade of WHMCS.
      await lookAtNotes(parts.db);
      const view = await createView(parts, request);
      if (viewer.kind === 'client') {
        return request.method === 'POST'
          ? takeChoice({ ...parts, view }, viewer)
          : creditPage(
              { ...parts, view },
              viewer.clientId,
              maySeeOwnCredit(viewer),
              choiceFlash(view),
            );
      }
      const answer = await answerAdmin(parts, view, viewer.adminId);
      const waiting = await countWaiting(parts.db);
      if ('redirect' in answer) {
        return {
          status: 303,
          title: 'Credit Bridge',
          html: '',
          redirect: answer.redirect,
          waiting,
        };
      }
      const { drawing, tab } = answer;
      const flash = drawing.flash ?? flashOf(request);
      return {
        status: drawing.status ?? 200,
        title: drawing.title,
        html: String(frame(view, { menu: MENU, tab }, drawing, flash)),
        redirect: null,
        waiting,
      };
    },
  };
}

async function answerAdmin(
  parts: PagesParts,
  view: View,
  adminId: number,
): Promise<Redirect | Shown> {
  const installation = await findInstallation(parts.db);
  if (installation === undefined) return NOT_ACTIVATED;
  const context = { ...parts, view, installation, admin: { kind: 'admin' as const, adminId } };
  return view.request.method === 'POST' ? takePost(context) : showScreen(context);
}

const NOT_ACTIVATED: Shown = {
  drawing: {
    title: 'Credit Bridge',
    body: empty(
      'The addon is not activated',
      'Activate it in WHMCS under Addon Modules. It creates its tables then.',
    ),
  },
};

async function createView(
  { db, now, newId, decimalsOf }: PagesParts,
  request: PageRequest,
): Promise<View> {
  const { viewer } = request;
  const [today, currencies, admins] = await Promise.all([
    readToday(db),
    listCurrencies(db),
    viewer.kind === 'admin' ? listAdminNames(db) : new Map<number, string>(),
  ]);
  return {
    request,
    now: now(),
    today,
    zone: isTimeZone(today.zone) ? today.zone : 'UTC',
    currencies: new Map(
      currencies.map((row) => [row.id, { ...row, decimals: decimalsOf(row.code) }]),
    ),
    mayManage: hasRight(viewer, 'manage'),
    maySetWhmcs: hasRight(viewer, 'set-whmcs'),
    maySee: hasRight(viewer, 'see'),
    isFullAdmin: hasRight(viewer, 'configure'),
    admins,
    version: SERVICE_VERSION,
    newToken: newId,
  };
}

/** What the acts say, by the word in the address; a text in the address could be anybody's. */
const SAID: ReadonlyMap<string, Flash> = new Map([
  ['repeated', warn('This form was sent before. It was carried out once and was not repeated.')],
  ...acts.flatMap(({ says }) => Object.entries(says)),
]);

function flashOf({ query }: PageRequest): Flash | undefined {
  const said = query['said'];
  return typeof said === 'string' ? SAID.get(said) : undefined;
}
