import { openFollower } from '../../support/open-follower.ts';

// The service's part that adopts the credit log, alone in a process. When it is done it answers with a line of JSON: the
// milliseconds it took, and the most memory the process has had.

const [serviceUrl = '', installation = ''] = process.argv.slice(2);
const began = process.hrtime.bigint();
const since = () => Number(process.hrtime.bigint() - began) / 1e6;
let importedMs = 0;
let adoptedMs = 0;
const follower = openFollower(
  { serviceUrl, installation },
  {
    onProgress({ phase }) {
      if (phase === 'opening' && importedMs === 0) importedMs = since();
      if (phase === 'done') adoptedMs = since();
    },
  },
);
await follower.round();
await follower.close();
const peakMiB = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ importedMs, adoptedMs, peakMiB }));
