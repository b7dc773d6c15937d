const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => `SELECT ${digit} AS digit`);

/** A derived table with the numbers 1 to `count` in column `seq`, on MariaDB and MySQL alike. */
export function numbersTo(count: number): string {
  const places = Array.from({ length: String(count).length }, (_, place) => `place${place}`);
  const sum = places.map((name, place) => `${name}.digit * ${10 ** place}`).join(' + ');
  const digits = places.map((name) => `(${DIGITS.join(' UNION ALL ')}) AS ${name}`).join(', ');
  return `(SELECT seq FROM (SELECT 1 + ${sum} AS seq FROM ${digits}) AS counted WHERE seq <= ${count}) AS numbers`;
}
