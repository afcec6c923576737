// Where a reader wants to go in a log: what they say in the field.
import { readMoment } from '../filters/moments.mjs';

const NUMBER = /^[1-9][\d,]*$/;

/** `{line}` of a number, `{time}` (RFC 3339) of a time; null for what is neither. A time of day is that of `day`; what
 *  names no zone is in the reader's, or in UTC. */
export function targetOf(text, day, isUtc) {
  const said = text.trim();
  if (NUMBER.test(said)) return { line: Number(said.replaceAll(',', '')) };
  const moment = readMoment(said, day, isUtc);
  return moment && { time: new Date(moment).toISOString() };
}
