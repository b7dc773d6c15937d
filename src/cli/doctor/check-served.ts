import axios from 'axios';
import type { Check } from './check.ts';

/** Files of the addon that no browser needs. WHMCS's own web server refuses them by `.htaccess`, others only when told so. */
const HIDDEN = ['lib/tables.sql', 'lib/.htaccess', 'templates/clientarea.tpl'];

const TIMEOUT_MS = 3000;
/** The longest of them has fewer. */
const CONTENT_MAX_BYTES = 65_536;

/** Whether WHMCS's web server gives files away that are not meant for browsers; nothing to say where its address is not known. */
export async function checkServed(whmcsUrl: string | undefined): Promise<readonly Check[]> {
  if (whmcsUrl === undefined) return [];
  const name = 'Files of the addon';
  const answers = await Promise.all(HIDDEN.map((file) => statusOf(whmcsUrl, file)));
  const served = HIDDEN.filter((_file, index) => answers[index] === 200);
  if (served.length > 0) {
    return [
      {
        name,
        level: 'warn',
        says: `The web server of WHMCS serves ${served.join(', ')} to everybody. They hold no secret, and nobody needs them.`,
        remedy: 'Refuse these folders: docs/operators.md, “WHMCS behind nginx”, has the lines.',
      },
    ];
  }
  const isSilent = answers.every((status) => status === undefined);
  return isSilent
    ? [{ name, level: 'idle', says: 'WHMCS did not answer under CREDITBRIDGE_WHMCS_URL.' }]
    : [
        {
          name,
          level: 'good',
          says: 'The web server of WHMCS refuses what is not meant for browsers.',
        },
      ];
}

/** The HTTP status; undefined without an answer. */
async function statusOf(whmcsUrl: string, file: string): Promise<number | undefined> {
  try {
    const { status } = await axios.get(`${whmcsUrl}/modules/addons/creditbridge/${file}`, {
      timeout: TIMEOUT_MS,
      maxRedirects: 0,
      proxy: false,
      maxContentLength: CONTENT_MAX_BYTES,
      responseType: 'text',
      validateStatus: () => true,
    });
    return status;
  } catch {
    return undefined;
  }
}
