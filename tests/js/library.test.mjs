// What a page of another project relies on: options, callbacks, filters and state under the names that are documented.
import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';

import {
  buildQueryParams,
  createServiceStream,
  createStream,
  levelClass,
  streamJob,
  streamService,
} from '../../static/quaero/js/log-stream.mjs';
import { install, installDocument, newest, opened, page, pass, settle, uninstall } from './fakes.mjs';

let stream;
const open = (options) => {
  stream = streamJob('j', options);
  return stream;
};
afterEach(async () => {
  stream?.disconnect();
  await settle();
  uninstall();
});

const step = (id, position, status = 'pending') => ({ id, position, status, name: id });

test('filters go by the names that the server has', () => {
  const queries = {
    'limit=50&step=s&level=warn&since=7&job=j': { limit: 50, stepId: 's', level: 'warn', since: 7, jobId: 'j' },
    'step=s&job=j&stream=stderr&search=all': { step: 's', job: 'j', stream: 'stderr', search: 'all' },
    'first_line=1&last_line=9&since=0': { firstLine: 1, last_line: 9, since: 0 },
    'level=warn': { level: 'WARNING' },
    'level=loud': { level: 'loud' },
    '': { stepId: '', level: 'all', stream: 'All', jobId: null, since: undefined, step: 'all' },
    'from=2026-01-31T12%3A00%3A00Z': { since: '2026-01-31T12:00:00Z' },
    'from=1970-01-01T00%3A00%3A00.000Z': { since: new Date(0) },
  };
  for (const [query, filters] of Object.entries(queries)) assert.equal(buildQueryParams(filters), query);
});

test('a level is the same in any case and by any alias', () => {
  const levels = {
    WARN: 'warn',
    Warning: 'warn',
    ' error ': 'error',
    ERR: 'error',
    Critical: 'fatal',
    TRACE: 'debug',
    notice: 'info',
    '': 'info',
    toString: 'info',
  };
  for (const [level, known] of Object.entries(levels)) assert.equal(levelClass(level), `log-level-${known}`, level);
  for (const none of [null, undefined, 40, {}]) assert.equal(levelClass(none), 'log-level-info');
});

test('callbacks may be set, replaced and taken away at any time', () => {
  install();
  const calls = [];
  open({ onLogs: (entries) => calls.push(['first', entries[0].id]) });
  newest().send('logs', page([1]), 1);
  stream.onLogs = (entries) => calls.push(['second', entries[0].id]);
  stream.onStatus = ({ job }) => calls.push(['status', job.status]);
  newest().send('logs', page([2]), 2);
  newest().send('status', { job: { status: 'running' }, steps: [] });
  stream.onLogs = null;
  newest().send('logs', page([3]), 3);
  assert.deepEqual(calls, [
    ['first', 1],
    ['second', 2],
    ['status', 'running'],
  ]);
});

test('what a callback throws does not cost the stream', async () => {
  install();
  const thrown = [];
  mock.method(globalThis, 'queueMicrotask', (report) => thrown.push(report));
  open({
    onLogs: () => {
      throw new TypeError('of the page');
    },
  });
  newest().send('logs', page([1]), 1);
  newest().send('logs', page([2]), 2);
  assert.deepEqual([opened().length, stream.getState().lastId, thrown.length], [1, 2, 2]);
  assert.throws(thrown[0], /of the page/);
});

test('connect takes filters, and other filters begin anew', () => {
  install();
  stream = createStream('/api/jobs/j/logs/stream');
  stream.connect({ stepId: 's', level: 'Error', limit: 20, jobId: 'j' });
  assert.equal(newest().url, '/api/jobs/j/logs/stream?limit=20&step=s&level=error');
  newest().send('logs', page([1]), 1);
  stream.connect({ level: 'all' });
  assert.equal(newest().url, '/api/jobs/j/logs/stream?limit=100');
  assert.deepEqual([stream.logs, opened().length], [[], 2]);
});

test('the log of the service can be narrowed to a job', () => {
  install();
  stream = createServiceStream().connect({ jobId: 'j' });
  assert.equal(newest().url, '/api/service/logs/stream?limit=50&job=j');
});

test('the API is where an option or the page says, and otherwise at /api', () => {
  install();
  const at = (open) => {
    open().disconnect();
    return newest().url;
  };
  assert.equal(
    at(() => streamJob('a b')),
    '/api/jobs/a%20b/logs/stream?limit=100',
  );
  assert.equal(
    at(() => streamService({ api: '/ops/api/', limit: 1 })),
    '/ops/api/service/logs/stream?limit=1',
  );
  installDocument().documentElement = { dataset: { quaeroApi: '/ops/logs/api' } };
  assert.equal(
    at(() => streamJob('j')),
    '/ops/logs/api/jobs/j/logs/stream?limit=100',
  );
  assert.equal(
    at(() => streamJob('j', { api: 'https://logs.example.org/api' })),
    'https://logs.example.org/api/jobs/j/logs/stream?limit=100',
  );
});

test('the stream and its state show what is known', () => {
  install();
  open();
  const shown = ({ logs, totalCount, displayedCount, status, steps, connected }) => [
    logs.map(({ id }) => id),
    totalCount,
    displayedCount,
    status,
    steps.length,
    connected,
  ];
  assert.deepEqual(shown(stream), [[], 0, 0, null, 0, false]);
  newest().send('status', { job: { status: 'running' }, steps: [step('a', 0)] });
  newest().send('logs', page([1, 2], { total_count: 9, displayed_count: 4 }), 2);
  assert.deepEqual(shown(stream), [[1, 2], 9, 4, 'running', 1, true]);
  assert.deepEqual(shown(stream.getState()), shown(stream));
  newest().send('done', { status: 'failed', exit_code: 1 }, 'done');
  assert.deepEqual([stream.status, stream.connected], ['failed', false]);
});

test('a status with some steps leaves the others as they were', () => {
  install();
  const statuses = [];
  open({ onStatus: ({ steps }) => statuses.push(steps.map(({ id, status }) => `${id} ${status}`)) });
  newest().send('status', { job: {}, steps: [step('a', 0), step('b', 1)], steps_total: 2 });
  newest().send('status', { job: {}, steps: [step('b', 1, 'running')], steps_total: 2, partial: true });
  newest().send('status', { job: {}, steps: [step('d', 3), step('c', 2)], steps_total: 4, partial: true });
  newest().send('status', { job: {}, steps: [], steps_total: 4, partial: true });
  const merged = ['a pending', 'b running', 'c pending', 'd pending'];
  assert.deepEqual(statuses, [['a pending', 'b pending'], ['a pending', 'b running'], merged, merged]);
  newest().send('status', { job: {}, steps: [step('z', 0)] });
  assert.deepEqual(
    stream.steps.map(({ id }) => id),
    ['z'],
  );
});

test('waits begin with reconnectDelayMs, and maxReconnectAttempts ends them', async () => {
  install(() => {
    throw new TypeError('down');
  });
  open({ reconnectDelayMs: 100, maxReconnectAttempts: 2 });
  for (const wait of [100, 200]) {
    const before = opened().length;
    newest().fail();
    await settle();
    assert.equal(stream.getState().retryAt, Date.now() + wait);
    await pass(wait - 1);
    assert.equal(opened().length, before);
    await pass(1);
    assert.equal(opened().length, before + 1);
  }
  newest().fail();
  await settle();
  assert.equal(stream.getState().state, 'Polling');
});

test('an option that is undefined was not given', () => {
  install();
  open({ limit: undefined, maxBufferSize: undefined });
  assert.match(newest().url, /limit=100$/);
});

test('a misspelt option is named in the console, once, with what was meant', () => {
  install();
  const warn = mock.method(console, 'warn', () => {});
  open({ maxbuffersize: 5, onlog() {}, reconnectDelay: 1, stepId: 's' }).disconnect();
  open({ maxbuffersize: 5, fallbackTimeoutMs: 1 });
  const said = warn.mock.calls.map((call) => call.arguments[0].replace('QuaeroLogs: there is no option ', ''));
  assert.deepEqual(said, [
    'maxbuffersize; did you mean maxBufferSize?',
    'onlog; did you mean onLogs?',
    'reconnectDelay; did you mean reconnectDelayMs?',
    'stepId; did you mean filters: {stepId: ...}?',
  ]);
});

test('a stream that has no room says so, though pages are answered', async () => {
  const full = [503, { error: 'all taken', code: 'too_many_streams' }, { 'Retry-After': '7' }];
  const requests = install((url) => {
    if (url.includes('/stream')) return full;
    return url.includes('/logs') ? page([]) : { job: { status: 'running', last_line: 9 }, steps: [] };
  });
  open();
  newest().fail();
  await settle();
  const { state, error, retryAt } = stream.getState();
  assert.deepEqual(
    [state, error.status, error.code, retryAt - Date.now()],
    ['Connecting', 503, 'too_many_streams', 7000],
  );
  assert.equal(requests.at(-1), newest().url);
});
