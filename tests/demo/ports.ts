import { createServer } from 'node:net';
import { portOwner } from '../support/port-owner.ts';

/** Where the parts of the demo listen on loopback; fixed, so that an address can be kept open in a browser. */
const PORTS = [
  { variable: 'DEMO_WHMCS_PORT', usual: 8480, what: 'the stand-in WHMCS' },
  { variable: 'DEMO_SERVICE_PORT', usual: 8481, what: 'the Credit Bridge service' },
] as const;

const HIGHEST_PORT = 65_535;

/** A port of the demo cannot be used; the message says which, by whom it is taken, and what to do. */
export class PortError extends Error {
  readonly code = 'port-unusable';
}

export interface DemoPorts {
  readonly whmcs: number;
  readonly service: number;
}

/** Reads the ports from the environment and makes sure that they are free; all problems at once. Throws {@link PortError}. */
export async function choosePorts(env: NodeJS.ProcessEnv): Promise<DemoPorts> {
  const problems: string[] = [];
  const ports: number[] = [];
  for (const { variable, usual, what } of PORTS) {
    const text = env[variable] ?? '';
    const port = text === '' ? usual : Number(text);
    ports.push(port);
    if (!Number.isInteger(port) || port < 1 || port > HIGHEST_PORT) {
      problems.push(`${variable} is "${text}", which is no port number.`);
    } else if (!(await isFree(port))) {
      const owner = portOwner(port);
      problems.push(
        `Port ${port}, meant for ${what}, is taken${owner === undefined ? '' : ` by ${owner}`}. ` +
          `End that program, or choose another port: ${variable}=${port + 100} npm run demo`,
      );
    }
  }
  const [whmcs = 0, service = 0] = ports;
  if (whmcs === service) {
    problems.push(`DEMO_WHMCS_PORT and DEMO_SERVICE_PORT are both ${whmcs}.`);
  }
  if (problems.length > 0) throw new PortError(problems.join('\n'));
  return { whmcs, service };
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
