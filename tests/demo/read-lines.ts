import type { Readable } from 'node:stream';

/** Longer than anything the demo knows. */
const LINE_MAX = 1000;

/**
 * Calls `act` with each line that is typed, until `stop` is called. Stops by itself at a line that nobody types by hand: standard
 * input may be anything, an endless device too.
 */
export function readLines(
  input: Readable,
  act: (line: string) => void,
): { readonly stop: () => void } {
  let rest = '';
  const stop = () => {
    input.destroy();
  };
  input.setEncoding('utf8');
  // Standard input may be closed.
  input.on('error', stop);
  input.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) act(line);
    if (rest.length > LINE_MAX) stop();
  });
  return { stop };
}
