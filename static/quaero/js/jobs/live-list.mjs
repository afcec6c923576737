// The live list of jobs: news by the stream, the list itself by pages.
import { buildQueryParams, fetchJson } from '../log-stream.mjs';
import { api } from '../lib/addresses.mjs';
import { SharedSubscription } from '../shared-streams/tab.mjs';

/** One page of the list: `{jobs, next, counts}`. */
export function readJobs(filters, limit, cursor) {
  return fetchJson(`${api('jobs')}?${buildQueryParams({ ...filters, limit, cursor })}`);
}

/**
 * Subscribes. `onSubscribed()` comes when the stream has begun, at first and after every break: only now is
 * a list that is read sure to miss nothing, as the stream keeps no place to go on from. `onPoll()` is called instead
 * while there is no stream. `onStats(stats)`, `onJob(row, isNew)`, `onDeleted(id)`, `onState({state, reason, status, error, retryAt})`.
 */
export function jobsSubscription(callbacks) {
  let state = 'Idle';
  return new SharedSubscription('jobs', {
    stats: ({ payload }) => callbacks.onStats(payload),
    created: ({ payload }) => callbacks.onJob(payload, true),
    updated: ({ payload }) => callbacks.onJob(payload, false),
    deleted: ({ payload }) => callbacks.onDeleted(payload.id),
    poll: () => callbacks.onPoll(),
    state: (standing) => {
      if (standing.state === 'Live' && state !== 'Live') callbacks.onSubscribed();
      state = standing.state;
      callbacks.onState(standing);
    },
  });
}
