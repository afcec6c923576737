// Where a reader wants to go in a log: what an address or the field says.

const LINE_HASH = /^#L([1-9]\d{0,14})(?:-L?([1-9]\d{0,14}))?$/;
const NUMBER = /^[1-9][\d,]*$/;
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,6}))?)?$/;
const MOMENT = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i;

/** The line of `#L1234`, or the first one of `#L10-L25`; null for another hash. */
export function lineOfHash(hash) {
  const lines = hash.match(LINE_HASH)?.slice(1).filter(Boolean).map(Number);
  return lines ? Math.min(...lines) : null;
}

/** `{line}` of a number, `{time}` (RFC 3339) of a time; null for what is neither. A time of day is that of `day`, in the
 *  reader's zone; what names no zone is in the reader's. */
export function targetOf(text, day) {
  const said = text.trim();
  if (NUMBER.test(said)) return { line: Number(said.replaceAll(',', '')) };
  const clock = said.match(CLOCK);
  if (clock) return { time: timeOfDay(day, clock).toISOString() };
  const moment = MOMENT.test(said) ? new Date(said.replace(' ', 'T')) : null;
  return moment && !Number.isNaN(moment.getTime()) ? { time: moment.toISOString() } : null;
}

function timeOfDay(day, [, hours, minutes, seconds = '0', fraction = '0']) {
  const moment = new Date(day);
  moment.setHours(Number(hours), Number(minutes), Number(seconds), Math.floor(Number(`0.${fraction}`) * 1000));
  return moment;
}
