// The filters of a log page, which its address keeps: a link shows what its sender saw.
import { LEVELS, buildQueryParams } from '../../log-stream.mjs';

export const LIMITS = [50, 100, 250, 500, 1000];
export const STREAMS = ['stdout', 'stderr', 'system'];
export const NO_FILTERS = { step: '', level: '', stream: '', search: '', limit: 100, children: '' };

const CHOICES = { level: LEVELS, stream: STREAMS, children: ['1'] };
export const LEAVE_NOTHING_OUT = ['limit', 'children']; // how many come first, and whose are taken in too
const ANY = 'NAME'; // at the end of a name: `fields.NAME` is any that begins with `fields.`

/** The names of all filters that the server knows, as the page says them. None where nothing says them. */
export function saidFilters({ document } = globalThis) {
  return JSON.parse(document?.querySelector('[data-filters]')?.dataset.filters ?? '[]');
}

/** Those filters of a query string that have no control of their own, in its order. The server says whether it allows
 *  their values. */
export function otherFilters(query, known) {
  const isKnown = (name) =>
    known.some((each) => name === each || (each.endsWith(ANY) && name.startsWith(each.slice(0, -ANY.length))));
  return Object.fromEntries(
    [...new URLSearchParams(query)].filter(([name, value]) => value && isKnown(name) && !isControlled(name)),
  );
}

function isControlled(name) {
  return Object.hasOwn(NO_FILTERS, name);
}

/** The filters of a query string. What is not allowed in an address that a reader typed counts as left out. `known`: the
 *  names of all. */
export function readFilters(query, known = []) {
  const params = new URLSearchParams(query);
  const said = (name) => (CHOICES[name]?.includes(params.get(name)) === false ? '' : (params.get(name) ?? ''));
  const controlled = Object.fromEntries(Object.keys(NO_FILTERS).map((name) => [name, said(name)]));
  const limit = Number(params.get('limit'));
  controlled.limit = LIMITS.includes(limit) ? limit : NO_FILTERS.limit;
  return { ...controlled, ...otherFilters(query, known) };
}

/** The shortest query string that `readFilters` turns back into these, with its `?`, or nothing. */
export function writeFilters(filters) {
  const said = Object.entries(filters).filter(([name, value]) => value !== NO_FILTERS[name]);
  const query = buildQueryParams(Object.fromEntries(said));
  return query && `?${query}`;
}

/** How the browser's history keeps another query string: what is typed letter by letter is one step for its Back button.
 *  Nothing for the same one. */
export function historyMethod(before, after) {
  if (after === before) return null;
  const others = (query) => {
    const params = new URLSearchParams(query);
    params.delete('search');
    return params.toString();
  };
  return others(before) === others(after) ? 'replaceState' : 'pushState';
}

/** Whether they leave entries out. */
export function areFiltering(filters) {
  return Object.entries(filters).some(([name, value]) => value && !LEAVE_NOTHING_OUT.includes(name));
}

/** Without that one; a filter that the page has a control for is left as none. */
export function withoutFilter(filters, name) {
  const { [name]: removed, ...rest } = filters;
  return isControlled(name) ? { ...rest, [name]: NO_FILTERS[name] } : rest;
}
