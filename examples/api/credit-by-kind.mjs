// Prints what clients have, by currency and kind of credit: `API=http://127.0.0.1:8481/api/v1 TOKEN=cbt_... node credit-by-kind.mjs`.
// It needs Node 22 or newer and nothing else. Amounts are decimal strings; it adds them in hundredths, never as floats.
const { API, TOKEN } = process.env;
if (!API || !TOKEN)
  throw new Error('Set API and TOKEN; docs/api.md says where the token comes from.');

async function get(path) {
  const response = await fetch(API + path, { headers: { authorization: `Bearer ${TOKEN}` } });
  const body = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${body.code}: ${body.message}`);
  return body;
}

const sums = new Map();
let clients = 0;
let cursor = '';
do {
  const page = await get(`/clients?withCredit=true&limit=${process.argv[2] ?? 200}${cursor}`);
  clients += page.clients.length;
  for (const { currency, parts } of page.clients.flatMap(({ accounts }) => accounts)) {
    for (const { kind, remaining } of parts) {
      const key = `${currency.code} ${kind}`;
      sums.set(key, (sums.get(key) ?? 0n) + BigInt(remaining.replace('.', '')));
    }
  }
  cursor = page.next === null ? undefined : `&cursor=${page.next}`;
} while (cursor !== undefined);

for (const [key, hundredths] of [...sums].sort()) {
  process.stdout.write(
    `${key} ${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}\n`,
  );
}
process.stdout.write(`${clients} clients have credit.\n`);
