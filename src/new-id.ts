import { randomBytes } from 'node:crypto';

/** Random bits are fetched for so many ids at once: asking the system for each takes longer than making the id. */
const IDS_PER_POOL = 512;
const RANDOM_DIGITS = 11;
/** 30 bits: the twelve after the version and eighteen of the next field. */
const COUNTER_MAX = 0x3fff_ffff;
/** The counter begins in the lower half, so that it has room in one millisecond. */
const COUNTER_START_MAX = 0x1fff_ffff;

let pool = '';
let poolAt = 0;
let lastMs = 0;
let counter = 0;

/**
 * A UUID of version 7 (RFC 9562, method 1): 48 bits of time, a counter of 30 bits that begins anywhere, 44 random bits. Ids of one
 * process grow, so that rows made together stand together in a table.
 */
export function newId(): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = Number.parseInt(randomDigits(), 16) % COUNTER_START_MAX;
  } else if (counter === COUNTER_MAX) {
    lastMs += 1;
    counter = 0;
  } else {
    counter += 1;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  // Above the counter stands the version, between its parts the variant; the leading 1 keeps the zeros and is cut off.
  const high = (0x1000 + (counter >>> 18)).toString(16).slice(1);
  const middle = (0x8000 + ((counter >>> 4) & 0x3fff)).toString(16);
  const low = (counter & 0xf).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${high}-${middle}-${low}${randomDigits()}`;
}

function randomDigits(): string {
  if (poolAt === pool.length) {
    pool = randomBytes((IDS_PER_POOL * RANDOM_DIGITS) / 2).toString('hex');
    poolAt = 0;
  }
  const digits = pool.slice(poolAt, poolAt + RANDOM_DIGITS);
  poolAt += RANDOM_DIGITS;
  return digits;
}
