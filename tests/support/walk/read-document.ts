/** A numbered step or a paragraph of a document: its bold title, if it begins with one, and its shell blocks. */
export interface Step {
  readonly title: string;
  readonly blocks: readonly string[];
}

const STEP = /^\d+\. (?:\*\*([^*]+)\*\*)?/;

/** The steps below a heading of a Markdown file, up to the next heading. Throws when there is no such heading. */
export function readSteps(markdown: string, heading: string): readonly Step[] {
  const lines = markdown.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`The document has no heading "${heading}".`);
  const length = lines.slice(start + 1).findIndex((line) => /^#{2,3} /.test(line));
  const steps: { title: string; blocks: string[] }[] = [{ title: '', blocks: [] }];
  let block: string[] | undefined;
  for (const line of lines.slice(start + 1, length < 0 ? undefined : start + 1 + length)) {
    const step = STEP.exec(line);
    if (block !== undefined && line.trim() === '```') {
      steps.at(-1)?.blocks.push(outdent(block));
      block = undefined;
    } else if (block !== undefined) block.push(line);
    else if (line.trim() === '```sh') block = [];
    else if (step !== null) {
      steps.push({ title: (step[1] ?? '').replace(/\.$/, ''), blocks: [] });
    }
  }
  return steps;
}

/** A block inside a list is set in. */
function outdent(lines: readonly string[]): string {
  const margin = /^ */.exec(lines[0] ?? '')?.[0].length ?? 0;
  return lines.map((line) => line.slice(margin)).join('\n');
}
