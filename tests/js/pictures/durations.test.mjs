import assert from 'node:assert/strict';
import { test } from 'node:test';

import { describeDurations, medianOf } from '../../../static/quaero/js/pictures/durations.mjs';

const NOON = Date.parse('2026-01-31T12:00:00Z');
const run = (id, seconds, status = 'completed') => ({
  id,
  status,
  started_at: '2026-01-31T11:00:00.000Z',
  finished_at: new Date(Date.parse('2026-01-31T11:00:00Z') + seconds * 1000).toISOString(),
});
const EARLIER = [run('c', 42), run('b', 40), run('a', 38)];
const describe = (own, earlier = EARLIER) => describeDurations([own, ...earlier], own.id, NOON);

test('the median is that in the middle', () => {
  assert.equal(medianOf([3, 1, 2]), 2);
  assert.equal(medianOf([4, 1, 2, 3]), 2.5);
});

test('a run that takes longer than usual is said to', () => {
  const slow = describe(run('me', 60));
  assert.deepEqual([slow.words, slow.isSlower], ['slower than usual (40 s)', true]);
  assert.equal(describe(run('me', 44)).words, 'usually 40 s');
  assert.equal(describe(run('me', 20)).words, 'quicker than usual (40 s)');
  assert.equal(describe(run('me', 20, 'failed')).words, 'usually 40 s'); // it did not get as far
});

test('one that runs may be slower already, and is not quicker yet', () => {
  const running = (seconds) => ({
    id: 'me',
    status: 'running',
    started_at: new Date(NOON - seconds * 1000).toISOString(),
    finished_at: null,
  });
  assert.equal(describe(running(90)).isSlower, true);
  assert.equal(describe(running(5)).words, 'usually 40 s');
});

test('runs that failed do not say what is usual, and few say nothing', () => {
  const failed = EARLIER.map((each) => ({ ...each, status: 'failed' }));
  assert.equal(describe(run('me', 400), failed).words, '');
  assert.equal(describe(run('me', 400), EARLIER.slice(1)).words, '');
});

test('differences that pass unnoticed are none', () => {
  assert.equal(describe(run('me', 0.9), [run('c', 0.1), run('b', 0.1), run('a', 0.1)]).isSlower, false);
});

test('bars stand from the oldest to this one, which is marked', () => {
  const { bars, label } = describe(run('me', 80));
  assert.deepEqual(
    bars.map(({ id }) => id),
    ['a', 'b', 'c', 'me'],
  );
  assert.equal(bars.at(-1).barClass, 'status-completed is-current');
  assert.equal(bars[1].barStyle.height, '50%');
  assert.match(label, /the median of 3 completed runs is 40 s, this one 1 min 20 s: slower than usual/);
});

test('a first run has nothing beside it', () => {
  assert.equal(describe(run('me', 80), []), null);
});
