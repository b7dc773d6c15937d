/**
 * Makes a function that formats moments in a time zone, keeping what it has made: a format costs more than all its uses. In UTC
 * where Node does not know the zone's name, because WHMCS may have newer zones than Node.
 */
export function formatIn(
  locale: string,
  options: Intl.DateTimeFormatOptions,
): (zone: string) => Intl.DateTimeFormat {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (zone) => {
    const known = formats.get(zone);
    if (known !== undefined) return known;
    const format = formatOf(locale, options, zone);
    formats.set(zone, format);
    return format;
  };
}

function formatOf(locale: string, options: Intl.DateTimeFormatOptions, zone: string) {
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  }
}
