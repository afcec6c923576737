// The filters of the jobs list, which its address keeps: a link shows what its sender saw.
import { asciiLowered } from '../lib/words.mjs';
import { buildQueryParams } from '../log-stream.mjs';

export const STATUSES = ['running', 'pending', 'failed', 'completed', 'cancelled'];
export const NO_JOB_FILTERS = { status: '', kind: '', q: '', created: '', from: '', to: '' };

const HOUR_MS = 3600 * 1000;
export const RANGES_MS = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 7 * 24 * HOUR_MS, '30d': 30 * 24 * HOUR_MS };
export const BETWEEN = 'between'; // two moments, in the reader's time zone as its fields have them
const LOCAL_MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;

const isRange = (text) => Object.hasOwn(RANGES_MS, text);

/** The filters of a query string. What is not allowed in an address that a reader typed counts as left out. */
export function readJobFilters(query) {
  const params = new URLSearchParams(query);
  const said = (name, isAllowed) => (isAllowed(params.get(name) ?? '') ? (params.get(name) ?? '') : '');
  const isMoment = (text) => LOCAL_MOMENT.test(text) && !Number.isNaN(Date.parse(text));
  return {
    status: said('status', (status) => STATUSES.includes(status)),
    kind: said('kind', () => true),
    q: said('q', () => true),
    created: said('created', (range) => isRange(range) || range === BETWEEN),
    from: said('from', isMoment),
    to: said('to', isMoment),
  };
}

/** The query string that `readJobFilters` turns back into these, with its `?`, or nothing. */
export function writeJobFilters({ from, to, ...filters }) {
  const moments = filters.created === BETWEEN ? { from, to } : {};
  const query = buildQueryParams({ ...filters, ...moments });
  return query && `?${query}`;
}

export function areFilteringJobs(filters) {
  return writeJobFilters(filters) !== '';
}

/** What the API is asked for. `now` in milliseconds: "the last hour" is another hour each minute. */
export function apiFilters({ status, kind, q, created, from, to }, now) {
  const isBetween = created === BETWEEN;
  const moment = (text) => (isBetween && text ? new Date(text).toISOString() : '');
  const begin = isRange(created) ? new Date(now - RANGES_MS[created]).toISOString() : moment(from);
  return { status, kind, q, created_from: begin, created_to: moment(to) };
}

/** Whether a job is one of those that the API would give for `wanted` (of `apiFilters`). */
export function matchesJob(job, { status, kind, q, created_from: from, created_to: to }) {
  if (status && job.status !== status) return false;
  if (kind && job.kind !== kind) return false;
  if (from && Date.parse(job.created_at) < Date.parse(from)) return false;
  if (to && Date.parse(job.created_at) > Date.parse(to)) return false;
  return !q || asciiLowered(job.name).includes(asciiLowered(q));
}
