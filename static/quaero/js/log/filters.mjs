// The filters of a log page, which its address keeps: a link shows what its sender saw.
import { LEVELS, buildQueryParams } from '../log-stream.mjs';

export const LIMITS = [50, 100, 250, 500, 1000];
export const STREAMS = ['stdout', 'stderr', 'system'];
export const NO_FILTERS = { step: '', level: '', stream: '', search: '', limit: 100, children: '' };

/** The filters of a query string. What is not allowed in an address that a reader typed counts as left out. */
export function readFilters(query) {
  const params = new URLSearchParams(query);
  const oneOf = (name, allowed) => (allowed.includes(params.get(name)) ? params.get(name) : '');
  const limit = Number(params.get('limit'));
  return {
    step: params.get('step') ?? '',
    level: oneOf('level', LEVELS),
    stream: oneOf('stream', STREAMS),
    search: params.get('search') ?? '',
    limit: LIMITS.includes(limit) ? limit : NO_FILTERS.limit,
    children: oneOf('children', ['1']),
  };
}

/** The shortest query string that `readFilters` turns back into these, with its `?`, or nothing. */
export function writeFilters(filters) {
  const said = Object.entries(filters).filter(([name, value]) => value !== NO_FILTERS[name]);
  const query = buildQueryParams(Object.fromEntries(said));
  return query && `?${query}`;
}

/** Whether they leave entries out. The limit does not: it says how many come first. Nor do the
 *  children, of which it takes more in. */
export function areFiltering({ step, level, stream, search }) {
  return Boolean(step || level || stream || search);
}
