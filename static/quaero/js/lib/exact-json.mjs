// JSON with whole numbers of any size: beyond 2^53 they are BigInts here, and digits in the text.
import { fetchJson, parseJson } from '../log-stream.mjs';

const MARK = '\u0000whole ';
const MARKED = /"\\u0000whole (-?\d+)"/g;

export function parseExactly(text) {
  return parseJson(text, BigInt);
}

export function fetchExactly(url) {
  return fetchJson(url, undefined, BigInt);
}

/** As `JSON.stringify`, which refuses BigInts. */
export function jsonText(value, indent) {
  const marked = (_, each) => (typeof each === 'bigint' ? MARK + each : each);
  return JSON.stringify(value, marked, indent)?.replace(MARKED, '$1');
}
