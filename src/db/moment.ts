/** Writes a moment as our tables store it: `YYYY-MM-DD HH:MM:SS.ffffff`, UTC. */
export function toMoment(date: Date): string {
  return `${date.toISOString().slice(0, 23).replace('T', ' ')}000`;
}

/** Reads a moment of our tables. */
export function fromMoment(moment: string): Date {
  return new Date(`${moment.replace(' ', 'T').slice(0, 23)}Z`);
}

/** Converts a moment on the wire (ISO 8601, UTC, up to six decimals) to the form of our tables. */
export function momentOfIso(iso: string): string {
  const [, day = '', time = '', decimals = ''] =
    /^([0-9-]{10})T([0-9:]{8})(?:\.([0-9]+))?Z$/.exec(iso) ?? [];
  if (day === '') return toMoment(new Date(iso));
  return `${day} ${time}.${decimals.slice(0, 6).padEnd(6, '0')}`;
}
