// The live list of jobs: news by the stream, the list itself by pages.
import { Connection, buildQueryParams, fetchJson } from './log-stream.mjs';

const STREAM_ENDPOINT = '/api/jobs/stream';
const LIST_ENDPOINT = '/api/jobs';
const EVENTS = ['job:stats', 'job:created', 'job:updated', 'job:deleted', 'ping'];

/** One page of the list: `{jobs, next, counts}`. */
export function readJobs({ status, q }, limit, cursor) {
  const query = buildQueryParams({ status, q, limit, cursor });
  return fetchJson(`${LIST_ENDPOINT}?${query}`);
}

/**
 * Subscribes and tells. `onSubscribed()` comes when the stream has begun, at first and after every break: only now is
 * a list that is read sure to miss nothing, as the stream keeps no place to go on from. `onPoll(signal)` is called
 * instead while there is no stream. `onStats(stats)`, `onJob(row, isNew)`, `onDeleted(id)`, `onState(state, reason)`.
 */
export function jobsStream(callbacks) {
  const receivers = {
    'job:stats': (payload) => callbacks.onStats(payload),
    'job:created': (payload) => callbacks.onJob(payload, true),
    'job:updated': (payload) => callbacks.onJob(payload, false),
    'job:deleted': (payload) => callbacks.onDeleted(payload.id),
    ping: () => {},
  };
  const source = {
    events: EVENTS,
    url: () => STREAM_ENDPOINT,
    receive: (name, event) => receivers[name](JSON.parse(event.data || '{}')),
    poll: (signal) => callbacks.onPoll(signal),
  };
  const connection = new Connection(source, {
    fallbackTimeoutMs: 15000,
    autoReconnect: true,
    maxReconnectAttempts: 5,
    onError: () => {},
    onState: (state, previous) => {
      if (state === 'Live' && previous !== 'Live') callbacks.onSubscribed();
      callbacks.onState(state, connection.reason);
    },
  });
  return connection;
}
