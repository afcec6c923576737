// Times as people type them.

const CLOCK = String.raw`(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,6}))?)?`;
const OF_A_DAY = new RegExp(`^${CLOCK}$`);
const LOCAL = new RegExp(String.raw`^(\d{4})-(\d\d)-(\d\d)(?:[ T]${CLOCK})?$`);
const EXACT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)$/i;

export const A_MOMENT = 'a time like 14:03:11, 2026-01-31 14:03 or 2026-01-31T14:03:11Z';

/** The moment of a date and a clock in the reader's zone, or in UTC; null where there is none. */
function momentOf([year, month, day], [hour, minute, second = '0', fraction = ''], isUtc) {
  const given = [year, month - 1, day, hour, minute, second].map(Number);
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const time = new Date(isUtc ? Date.UTC(...given, milliseconds) : new Date(...given, milliseconds).getTime());
  const read = isUtc ? [time.getUTCMonth(), time.getUTCDate()] : [time.getMonth(), time.getDate()];
  if (given[3] > 23 || given[4] > 59 || given[5] > 59 || read[0] !== given[1] || read[1] !== given[2]) return null;
  return time.toISOString().replace(/Z$/, `${fraction.slice(3)}Z`);
}

function dateOf(time, isUtc) {
  if (isUtc) return [time.getUTCFullYear(), time.getUTCMonth() + 1, time.getUTCDate()];
  return [time.getFullYear(), time.getMonth() + 1, time.getDate()];
}

/** A typed time as RFC 3339, or null. One without a date is of the day of `day` (milliseconds). Without a zone it is of the
 *  reader's, or of UTC. */
export function readMoment(text, day, isUtc = false) {
  const typed = text.trim();
  const clock = typed.match(OF_A_DAY);
  if (clock) return momentOf(dateOf(new Date(day), isUtc), clock.slice(1), isUtc);
  const local = typed.match(LOCAL);
  if (local) return momentOf(local.slice(1, 4), local[4] === undefined ? ['0', '0'] : local.slice(4), isUtc);
  if (!EXACT.test(typed) || Number.isNaN(Date.parse(typed.replace(' ', 'T')))) return null;
  return typed.replace(' ', 'T');
}
