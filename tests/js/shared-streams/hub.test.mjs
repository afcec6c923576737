import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { StreamHub } from '../../../static/quaero/js/shared-streams/hub.mjs';
import { SlotsChannel } from '../../../static/quaero/js/shared-streams/slots-channel.mjs';
import { install, newest, opened, page, pass, sayAddresses, settle, uninstall } from '../fakes.mjs';

sayAddresses();

let hub;
let requests;

beforeEach(() => {
  requests = install();
  hub = new StreamHub();
});
afterEach(uninstall);

/** A tab's end: what it sends, and what it got. */
function tab() {
  const port = { received: [], postMessage: (message) => port.received.push(message) };
  hub.connect(port);
  port.say = (topic, action, wish) => port.onmessage({ data: { topic, action, wish } });
  port.kinds = (topic) => port.received.filter((each) => each.topic === topic).map((each) => each.kind);
  port.last = (kind) => port.received.findLast((each) => each.kind === kind);
  return port;
}

function serviceTab(level = 'info') {
  const made = tab();
  made.say('service', 'join', { level });
  return made;
}

test('all tabs share one stream', () => {
  const [one, other] = [serviceTab(), serviceTab()];
  assert.equal(opened().length, 1);
  newest().send('logs', page([1, 2]), 2);
  assert.deepEqual(
    one.last('entries').entries.map((entry) => entry.id),
    [1, 2],
  );
  assert.deepEqual(
    other.last('entries').entries.map((entry) => entry.id),
    [1, 2],
  );
  assert.equal(other.last('state').state, 'Live');
});

test('a tab that comes later gets what is held, and says nothing is complete before an answer', () => {
  const first = serviceTab();
  assert.equal(first.last('snapshot').isComplete, false);
  newest().send('logs', page([1, 2], { total_count: 9 }), 2);
  const { isComplete, entries, counts } = serviceTab().last('snapshot');
  assert.equal(isComplete, true);
  assert.deepEqual(
    entries.map((entry) => entry.id),
    [1, 2],
  );
  assert.equal(counts.totalCount, 9);
});

test('another level is one new stream for all tabs', () => {
  const first = serviceTab('info');
  newest().send('logs', page([1]), 1);
  const second = serviceTab('debug');
  assert.equal(opened().filter((stream) => !stream.isClosed).length, 1);
  assert.match(newest().url, /level=debug/);
  assert.deepEqual([first.last('reset').level, second.last('snapshot').level], ['debug', 'debug']);
  assert.deepEqual(second.last('snapshot').entries, []);
});

test('the stream rests when no tab looks, and goes on where it was', async () => {
  const one = serviceTab();
  newest().send('logs', page([7]), 7);
  one.say('service', 'leave');
  await pass(1000);
  assert.equal(newest().isClosed, false); // the reader may only be on the way to the next page
  await pass(2500);
  assert.equal(newest().isClosed, true);
  one.say('service', 'join', { level: 'info' });
  assert.match(newest().url, /since=7/);
});

test('a tab that was away for long sees the newest lines', async () => {
  const one = serviceTab();
  newest().send('logs', page([7]), 7);
  one.say('service', 'leave');
  await pass(70000);
  one.say('service', 'join', { level: 'info' });
  assert.doesNotMatch(newest().url, /since/);
});

test('a tab that left gets nothing', () => {
  const [one, other] = [serviceTab(), serviceTab()];
  one.say('service', 'leave');
  newest().send('logs', page([1]), 1);
  assert.equal(one.last('entries'), undefined);
  assert.equal(other.last('entries').entries.length, 1);
});

test('news of jobs go to all tabs, the newest numbers to a tab that comes later', () => {
  const one = tab();
  one.say('jobs', 'join');
  newest().send('job:stats', { total: 3 });
  newest().send('job:created', { id: 'a' });
  newest().send('job:deleted', { id: 'b' });
  assert.deepEqual(
    one.kinds('jobs').filter((kind) => kind !== 'state'),
    ['stats', 'created', 'deleted'],
  );
  const other = tab();
  other.say('jobs', 'join');
  assert.deepEqual(other.last('stats').payload, { total: 3 });
  assert.equal(other.last('state').state, 'Live');
  assert.equal(opened().length, 1);
});

test('where the stream fails, tabs are asked to read the list themselves', async () => {
  const one = tab();
  one.say('jobs', 'join');
  newest().fail();
  await settle();
  assert.deepEqual(requests, ['/ops/api/jobs?limit=1', '/ops/api/jobs/stream']); // and then the stream itself, why it failed
  assert.equal(one.last('poll').kind, 'poll');
});

test('while the stream fails, the numbers by status are those of the list', async () => {
  uninstall();
  install(() => ({ jobs: [], next: null, counts: { running: 2 } }));
  const one = tab();
  one.say('jobs', 'join');
  newest().send('job:stats', { by_status: { running: 1 }, by_kind: { job: 1 }, active_users: 3 });
  newest().fail();
  await settle();
  assert.deepEqual(one.last('stats').payload, { by_status: { running: 2 }, by_kind: { job: 1 } });
});

test('a refusal reaches the tabs with its status, and the next to come tries again', async () => {
  uninstall();
  install(() => [401, { error: 'sign in' }, {}]);
  const one = tab();
  one.say('jobs', 'join');
  newest().fail();
  await settle();
  assert.deepEqual([one.last('state').state, one.last('state').status], ['Refused', 401]);
  tab().say('jobs', 'join');
  assert.equal(opened().length, 2);
});

test('what names no topic is ignored', () => {
  tab().say('constructor', 'join');
  assert.equal(opened().length, 0);
});

test('of many windows only some hold a stream; one that goes hands its own on', () => {
  const slots = new SlotsChannel(2);
  const ports = [1, 2, 3].map(() => {
    const port = { received: [], post: ({ kind }) => port.received.push(kind) };
    slots.join(port);
    return port;
  });
  assert.deepEqual(
    ports.map((port) => port.received),
    [['granted'], ['granted'], ['denied']],
  );
  slots.leave(ports[0]);
  assert.deepEqual(ports[2].received, ['denied', 'granted']);
  slots.leave(ports[1]);
  slots.join(ports[0]);
  assert.deepEqual(ports[0].received, ['granted', 'granted']);
});
