import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildImage, isPinned } from './build-image.ts';
import { makeRelease } from './make-release.ts';
import { project, ROOT } from './project.ts';
import { tryRelease } from './try-release.ts';

/**
 * `npm run release [-- [--try] [--walk] [--image BASE] [FOLDER]]`: makes in `dist/`, or in another folder, what an operator installs; with
 * `--try` also installs it with npm, with `--walk` also on a fresh Debian by the documents, with `--image` also makes an image of it. README.md here says what and how.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    try: { type: 'boolean', default: false },
    walk: { type: 'boolean', default: false },
    image: { type: 'string' },
  },
});
if (values.image !== undefined && !isPinned(values.image)) {
  console.error(
    `The base of the image is ${values.image}. Name it with its digest, as in node:24-slim@sha256:…: a tag is another image tomorrow.`,
  );
  process.exit(2);
}
if (values.walk) {
  const { walkLacks } = await import('../walk/walk-needs.ts');
  const lacks = walkLacks();
  if (lacks.length > 0) {
    console.error(lacks.join('\n'));
    process.exit(2);
  }
}
const folder = resolve(positionals[0] ?? join(ROOT, 'dist'));
for (const { name, bytes, sha256 } of makeRelease(folder)) {
  console.log(`${sha256}  ${name} (${Math.ceil(bytes / 1024)} kB)`);
}
if (project.homepage === undefined) {
  console.log('package.json has no `homepage`, so neither the addon nor the packages name one.');
}
if (values.image !== undefined) console.log(buildImage(folder, values.image));
if (values.try) for (const line of tryRelease(folder)) console.log(line);
if (values.walk) {
  const { walkRelease } = await import('../walk/walk-release.ts');
  await walkRelease(folder);
  // What entered a machine to run `creditbridge serve` does not notice that the machine is gone. At exit it is ended.
  process.exit();
}
