// The lines that an address points at: `#L12` or `#L10-L25`.
import { numberText } from '../../lib/words.mjs';

const HASH = /^#L([1-9]\d{0,14})(?:-L?([1-9]\d{0,14}))?$/;

/** `{first, last}` of an address's hash, or null. */
export function readRange(hash) {
  const [, one, other = one] = hash.match(HASH) ?? [];
  return one === undefined ? null : rangeOf(Number(one), Number(other));
}

/** From one line to another, in whichever order. */
export function rangeOf(one, other) {
  return { first: Math.min(one, other), last: Math.max(one, other) };
}

/** The hash that `readRange` reads; nothing for no range. */
export function writeRange(range) {
  if (!range) return '';
  return range.first === range.last ? `#L${range.first}` : `#L${range.first}-L${range.last}`;
}

export function isInRange(range, line) {
  return range !== null && range.first <= line && line <= range.last;
}

/** `line 12`, `lines 10-25`. */
export function rangeText({ first, last }) {
  return first === last ? `line ${numberText(first)}` : `lines ${numberText(first)}-${numberText(last)}`;
}

/** Says of a range that only its beginning is there. `lastLine`: the newest one. */
export function missingText({ first, last }, lastLine) {
  const isCut = first <= lastLine && lastLine < last;
  return isCut ? `The log ends at line ${numberText(lastLine)}.` : '';
}
