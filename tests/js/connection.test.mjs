import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { streamJob } from '../../static/quaero/js/log-stream.mjs';
import { install, installDocument, newest, opened, page, pass, settle, uninstall } from './fakes.mjs';

const running = { job: { id: 'j', status: 'running', last_line: 1 }, steps: [] };
const serve = (logs) => (url) => (url.includes('/logs') ? logs : running);
const dead = () => {
  throw new TypeError('fetch failed');
};

let stream;
function open(options) {
  stream = streamJob('j', options);
  return stream;
}
afterEach(async () => {
  stream?.disconnect();
  await settle(); // what was under way must not fall into the next test
  uninstall();
});

test('a stream is Connecting until its first event, then Live', () => {
  install();
  open();
  assert.equal(stream.getState().state, 'Connecting');
  newest().send('status', running);
  assert.equal(stream.getState().state, 'Live');
});

test('after a failure the page says what was missed and a new stream goes on from there', async () => {
  install(serve(page([4, 5])));
  const messages = [];
  open({ onLogs: (entries) => messages.push(...entries.map((entry) => entry.id)) });
  newest().send('logs', page([1, 2, 3]), 3);
  newest().fail();
  await settle();
  await pass(1000);
  assert.deepEqual(messages, [1, 2, 3, 4, 5]);
  assert.equal(newest().url, '/api/jobs/j/logs/stream?since=5');
});

test('the native reconnect is switched off: the failed source is closed', async () => {
  install();
  open();
  newest().fail();
  assert.ok(opened()[0].isClosed);
});

test('reconnects wait 1, 2, 4, 8 and 16 seconds, then the state is Polling', async () => {
  install(dead);
  open();
  for (const wait of [1000, 2000, 4000, 8000, 16000]) {
    const before = opened().length;
    newest().fail();
    await settle();
    await pass(wait - 1);
    assert.equal(opened().length, before);
    await pass(1);
    assert.equal(opened().length, before + 1);
    assert.equal(stream.getState().state, 'Connecting');
  }
  newest().fail();
  await settle();
  assert.equal(stream.getState().state, 'Polling');
});

test('a stream that stayed up for a ping starts the waits anew', async () => {
  install(dead);
  open();
  newest().fail();
  await settle();
  await pass(1000);
  await pass(5000);
  newest().send('ping', {}, 0);
  assert.equal(stream.getState().attempts, 0);
});

test('a busy server is not asked again before it said', async () => {
  install(() => [503, { error: 'full' }, { 'Retry-After': '7' }]);
  open();
  newest().fail();
  await settle();
  await pass(6999);
  assert.equal(opened().length, 1);
  await pass(1);
  assert.equal(opened().length, 2);
});

for (const status of [400, 401, 403, 404]) {
  test(`${status} ends in Refused with the server’s words`, async () => {
    install(() => [status, { error: 'because' }]);
    open();
    newest().fail();
    await settle();
    await pass(60000);
    const { state, reason, error } = stream.getState();
    assert.deepEqual([state, reason, error.status, opened().length], ['Refused', 'because', status, 1]);
  });
}

test('15 seconds of silence turn into Polling, with lines every 5 seconds', async () => {
  let last = 0;
  const next = () => {
    last += 1;
    return page([last]);
  };
  install((url) => (url.includes('/logs') ? next() : running));
  const ids = [];
  open({ onLogs: (entries) => ids.push(...entries.map((entry) => entry.id)) });
  await pass(15000);
  assert.equal(stream.getState().state, 'Polling');
  await pass(5000);
  await pass(5000);
  assert.deepEqual(ids, [1, 2, 3]);
});

test('an event within 15 seconds keeps the stream Live', async () => {
  install();
  open();
  for (let ping = 0; ping < 5; ping += 1) {
    await pass(14000);
    newest().send('ping', {});
  }
  assert.equal(stream.getState().state, 'Live');
});

test('while Polling the stream is tried every 30 seconds and taken when it speaks', async () => {
  const requests = install(serve(page([])));
  open();
  await pass(15000);
  await pass(30000);
  assert.equal(opened().length, 2);
  assert.equal(stream.getState().state, 'Polling');
  newest().send('status', running);
  assert.equal(stream.getState().state, 'Live');
  const asked = requests.length;
  await pass(10000);
  assert.equal(requests.length, asked);
});

test('a retry that fails while Polling leaves it Polling', async () => {
  install(serve(page([])));
  open();
  await pass(15000);
  await pass(30000);
  newest().fail();
  await pass(29000);
  assert.deepEqual([stream.getState().state, opened().length], ['Polling', 2]);
  await pass(1000);
  assert.equal(opened().length, 3);
});

test('polling can be chosen and left by hand', async () => {
  install(serve(page([])));
  open();
  newest().send('status', running);
  stream.usePolling();
  await pass(60000);
  assert.deepEqual([stream.getState().state, opened().length], ['Polling', 1]);
  stream.reconnect();
  newest().send('status', running);
  assert.equal(stream.getState().state, 'Live');
});

test('a job that ends while Polling gives its last lines, then Ended', async () => {
  const finished = { job: { id: 'j', status: 'failed', exit_code: 3 }, steps: [] };
  install((url) => (url.includes('/logs') ? page([9]) : finished));
  const seen = [];
  open({ onLogs: (entries) => seen.push(...entries.map((entry) => entry.id)), onDone: (end) => seen.push(end) });
  await pass(15000);
  assert.deepEqual(seen, [9, { status: 'failed', exit_code: 3 }]);
  assert.equal(stream.getState().state, 'Ended');
});

test('after a night’s sleep the stream is opened at once instead of polled', async () => {
  install(serve(page([])));
  open();
  newest().send('logs', page([1]), 1);
  const { setTime, now } = { setTime: (ms) => (Date.now = () => ms), now: Date.now() };
  const real = Date.now;
  setTime(now + 8 * 3600 * 1000);
  await pass(15000);
  Date.now = real;
  assert.deepEqual([opened().length, stream.getState().state], [2, 'Connecting']);
});

test('without autoReconnect a failure is the end of trying', async () => {
  install();
  const reasons = [];
  open({ autoReconnect: false, onDisconnect: (reason) => reasons.push(reason) });
  newest().send('status', running);
  newest().fail();
  await pass(60000);
  assert.deepEqual([opened().length, reasons], [1, ['The connection was lost']]);
});

test('disconnect leaves no timer and no connection', async () => {
  const requests = install();
  open();
  stream.disconnect();
  await pass(120000);
  assert.deepEqual([opened().length, opened()[0].isClosed, requests.length], [1, true, 0]);
});

test('a hidden tab closes its stream and goes on exactly there when it is shown', () => {
  install();
  const tab = installDocument();
  open();
  newest().send('logs', page([1, 2]), 2);
  tab.turn(true);
  assert.ok(newest().isClosed);
  tab.turn(false);
  assert.equal(newest().url, '/api/jobs/j/logs/stream?since=2');
});

test('a page that opens in a background tab waits until it is looked at', () => {
  install();
  const tab = installDocument();
  tab.hidden = true;
  open();
  assert.equal(opened().length, 0);
  tab.turn(false);
  assert.equal(opened().length, 1);
});

test('an ended stream stays closed when its tab comes back', () => {
  install();
  const tab = installDocument();
  open();
  newest().send('done', { status: 'completed', exit_code: 0 }, 'done');
  tab.turn(true);
  tab.turn(false);
  assert.deepEqual([opened().length, stream.getState().state], [1, 'Ended']);
});
