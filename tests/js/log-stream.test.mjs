import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { createServiceStream, createStream, streamJob } from '../../static/quaero/js/log-stream.mjs';
import { install, newest, opened, page, pass, settle, uninstall } from './fakes.mjs';

let stream;
let log;
function open(options) {
  log = [];
  stream = streamJob('j', {
    onLogs: (entries) => log.push(...entries.map((each) => each.id)),
    onReset: (reason) => log.push(`reset:${reason}`),
    onDone: (end) => log.push(`done:${end.status}`),
    ...options,
  });
  return stream;
}
const shown = () => stream.entries.map((each) => each.id);
afterEach(async () => {
  stream?.disconnect();
  await settle(); // what was under way must not fall into the next test
  uninstall();
});

test('a first connection asks for the last lines under its filters', () => {
  install();
  open({ filters: { level: 'warn', step: '' }, limit: 250 });
  assert.equal(newest().url, '/api/jobs/j/logs/stream?limit=250&level=warn');
});

test('streams are made unconnected, and the service has its own address and limit', () => {
  install();
  assert.equal(createStream('/x/stream').getState().state, 'Idle');
  stream = createServiceStream().connect();
  assert.equal(newest().url, '/api/service/logs/stream?limit=50');
});

test('since 0 asks for everything', () => {
  install();
  open({ since: 0 });
  assert.equal(newest().url, '/api/jobs/j/logs/stream?since=0');
});

test('the place is the newest scanned entry, though none of it matched', async () => {
  install(() => {
    throw new TypeError('down');
  });
  open({ filters: { level: 'warn' } });
  newest().send('logs', page([1]), 1);
  newest().send('ping', {}, 40);
  newest().send('status', { job: {} }, 41);
  newest().fail();
  await settle();
  await pass(1000);
  assert.equal(newest().url, '/api/jobs/j/logs/stream?level=warn&since=41');
});

test('a status before the first lines is no place to go on from', async () => {
  install(() => {
    throw new TypeError('down');
  });
  open();
  newest().send('status', { job: {} }, 99);
  newest().fail();
  await settle();
  await pass(1000);
  assert.match(newest().url, /limit=100$/);
});

test('a line that comes twice is shown once', () => {
  install();
  open();
  newest().send('logs', page([1, 2, 3]), 3);
  newest().send('logs', page([2, 3, 4]), 4);
  assert.deepEqual(log, [1, 2, 3, 4]);
});

test('a broken event is not skipped: the stream goes on from before it', async () => {
  install(() => {
    throw new TypeError('down');
  });
  const errors = [];
  open({ onError: (error) => errors.push(error.name) });
  newest().send('logs', page([1]), 1);
  newest().listeners.logs({ data: '{"logs": [', lastEventId: '2' });
  await settle();
  await pass(1000);
  assert.match(newest().url, /since=1$/);
  assert.equal(errors[0], 'SyntaxError');
});

test('done ends for good', async () => {
  install();
  open();
  newest().send('logs', page([1]), 1);
  newest().send('done', { status: 'completed', exit_code: 0 }, 'done');
  await pass(120000);
  assert.deepEqual([log, opened().length, newest().isClosed], [[1, 'done:completed'], 1, true]);
  assert.equal(stream.getState().state, 'Ended');
});

test('reset drops what is shown, and a break after it begins at the beginning', async () => {
  install(() => {
    throw new TypeError('down');
  });
  open();
  newest().send('logs', page([7, 8]), 8);
  newest().send('reset', { reason: 'pruned' });
  assert.deepEqual([shown(), log.at(-1)], [[], 'reset:pruned']);
  newest().fail();
  await settle();
  await pass(1000);
  assert.match(newest().url, /since=0$/);
});

test('lines after a reset are shown although their ids were seen before', () => {
  install();
  open();
  newest().send('logs', page([1, 2]), 2);
  newest().send('reset', { reason: 'pruned' });
  newest().send('logs', page([1, 2, 3]), 3);
  assert.deepEqual(shown(), [1, 2, 3]);
});

test('a deleted job is Refused without asking again', async () => {
  install();
  open();
  newest().send('status', { job: {} });
  newest().send('reset', { reason: 'deleted' });
  await pass(60000);
  assert.deepEqual([stream.getState().state, opened().length], ['Refused', 1]);
});

test('a filter change starts over, and late events of the old stream are dropped', () => {
  install();
  open();
  const old = newest();
  old.send('logs', page([1, 2]), 2);
  stream.reconnect({ level: 'error' });
  old.send('logs', page([3]), 3);
  assert.ok(old.isClosed);
  assert.equal(newest().url, '/api/jobs/j/logs/stream?limit=100&level=error');
  assert.deepEqual([shown(), log], [[], [1, 2, 'reset:filters']]);
});

test('a late page of the old filter is dropped too', async () => {
  let answer;
  install();
  open();
  globalThis.fetch = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  newest().fail();
  await settle();
  stream.reconnect({ level: 'error' });
  answer(new Response(JSON.stringify({ job: { status: 'running' } })));
  await settle();
  assert.deepEqual([shown(), opened().length], [[], 2]);
});

test('the buffer keeps the newest and counts what it dropped', () => {
  install();
  open({ maxBufferSize: 3 });
  newest().send('logs', page([1, 2, 3, 4, 5]), 5);
  const { dropped, hasOlder } = stream.getState();
  assert.deepEqual([shown(), dropped, hasOlder], [[3, 4, 5], 2, true]);
});

test('clear forgets the lines and keeps the place', () => {
  install();
  open();
  newest().send('logs', page([1, 2]), 2);
  stream.clear();
  newest().send('logs', page([3]), 3);
  assert.deepEqual([shown(), stream.getState().lastId], [[3], 3]);
});

test('the state has the counts of the newest lines', () => {
  install();
  open();
  newest().send('logs', page([5], { total_count: 90, displayed_count: 12, has_more: true }), 5);
  const { totalCount, displayedCount, hasOlder, shown: count } = stream.getState();
  assert.deepEqual([totalCount, displayedCount, hasOlder, count], [90, 12, true, 1]);
});

test('older lines are put before the others and stay', async () => {
  const requests = install(() => page([6, 7, 8], { has_more: true }));
  open({ maxBufferSize: 2, filters: { level: 'warn' } });
  newest().send('logs', page([8, 9], { has_more: true }), 9);
  const older = await stream.loadOlder();
  assert.equal(requests[0], '/api/jobs/j/logs?limit=100&level=warn&before=8');
  assert.deepEqual(
    older.map((each) => each.id),
    [6, 7],
  );
  assert.deepEqual([shown(), stream.getState().hasOlder], [[6, 7, 8, 9], true]);
  newest().send('logs', page([10]), 10);
  assert.deepEqual(shown(), [7, 8, 9, 10]);
});

test('a stream that holds nothing reads pages from anywhere under its filters', async () => {
  const requests = install(() => page([6, 7, 8]));
  open({ maxBufferSize: 0, filters: { search: 'a b' } });
  newest().send('logs', page([8, 9], { has_more: true }), 9);
  assert.deepEqual(shown(), []);
  await stream.readPage({ offset: 500, limit: 300, level: 'error' });
  await stream.findPlace({ line: 7 });
  assert.deepEqual(requests, [
    '/api/jobs/j/logs?limit=300&search=a+b&offset=500&level=error',
    '/api/jobs/j/logs/place?search=a+b&line=7',
  ]);
});

test('polling reads page after page until it has caught up', async () => {
  const pages = [page([2, 3]), page([4]), page([])];
  const requests = install((url) =>
    url.includes('/logs') ? pages.shift() : { job: { status: 'running' }, steps: [] },
  );
  open();
  newest().send('logs', page([1]), 1);
  newest().fail();
  await settle();
  const pagesFrom = (id) => `/api/jobs/j/logs?limit=1000&since=${id}`;
  assert.deepEqual(requests, ['/api/jobs/j', pagesFrom(1), pagesFrom(3), pagesFrom(4)]);
  assert.deepEqual(shown(), [1, 2, 3, 4]);
});

const jobRow = (id, status, children = []) => ({ id, status, created_at: `2026-01-31T12:00:0${id}Z`, children });

test('a job with its descendants is one more filter, and their statuses come with the job\u2019s', () => {
  install();
  const statuses = [];
  open({ filters: { children: 1, level: 'warn' }, onStatus: (status) => statuses.push(status) });
  assert.equal(newest().url, '/api/jobs/j/logs/stream?limit=100&children=1&level=warn');
  newest().send('status', { job: { id: 'j' }, steps: [], children: [{ id: 'c', status: 'running' }] });
  assert.deepEqual(statuses[0].children, [{ id: 'c', status: 'running' }]);
});

test('polling with descendants has them in the order in which they were made', async () => {
  const children = [jobRow('1', 'completed', [jobRow('3', 'running')]), jobRow('2', 'failed')];
  const tree = { job: jobRow('0', 'completed', children), truncated: false };
  const pages = [page([2]), page([])];
  const statuses = [];
  const requests = install((url) => {
    if (url.includes('/logs')) return pages.shift() ?? page([]);
    return url.endsWith('/tree') ? tree : { job: { status: 'completed', last_line: 2 }, steps: [] };
  });
  open({ filters: { children: 1 }, onStatus: (status) => statuses.push(status) });
  newest().send('logs', page([1]), 1);
  newest().fail();
  await settle();
  const pagesFrom = (id) => `/api/jobs/j/logs?limit=1000&children=1&since=${id}`;
  assert.deepEqual(requests, ['/api/jobs/j', '/api/jobs/j/tree', pagesFrom(1), pagesFrom(2)]);
  assert.deepEqual(Object.keys(statuses[0]), ['job', 'steps', 'children']);
  assert.deepEqual(
    statuses[0].children.map((job) => job.id),
    ['1', '2', '3'],
  );
  assert.ok(!('children' in statuses[0].children[0]));
  assert.equal(stream.getState().state, 'Connecting'); // one still runs, though the job's last line is there
});

for (const [truncated, state] of [
  [false, 'Ended'],
  [true, 'Connecting'],
]) {
  test(`polling with descendants that have all ended, ${truncated ? 'as far as is known' : 'all known'}`, async () => {
    install((url) => {
      if (url.includes('/logs')) return page([]);
      const job = jobRow('0', 'completed', [jobRow('1', 'failed')]);
      return url.endsWith('/tree') ? { job, truncated } : { job: { status: 'completed', last_line: 1 }, steps: [] };
    });
    open({ filters: { children: 1 } });
    newest().send('logs', page([1]), 1);
    newest().fail();
    await settle();
    assert.equal(stream.getState().state, state);
  });
}
