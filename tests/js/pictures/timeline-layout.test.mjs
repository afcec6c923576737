import assert from 'node:assert/strict';
import { test } from 'node:test';

import { barOf, spanOf, timelineWords } from '../../../static/quaero/js/pictures/timeline-layout.mjs';

const NOON = Date.parse('2026-01-31T12:00:00Z');
const moment = (seconds) => (seconds === null ? null : new Date(NOON + seconds * 1000).toISOString());
const step = (name, from, to, status = 'completed') => ({
  name,
  status,
  started_at: moment(from),
  finished_at: moment(to),
});
const STEPS = [
  step('fetch', 0, 20),
  step('load', 20, 60, 'failed'),
  step('verify', 60, null, 'running'),
  step('report', null, null, 'pending'),
];
const now = NOON + 100_000;

test('bars are where and as long as their steps in the whole', () => {
  const span = spanOf(STEPS, now);
  const bars = STEPS.map((each) => barOf(each, span, now));
  assert.deepEqual(
    bars.map(({ left, width }) => [left, width]),
    [
      [0, 20],
      [20, 40],
      [60, 40],
      [0, 0],
    ],
  );
});

test('the bar of a running step grows', () => {
  const later = now + 100_000;
  assert.equal(barOf(STEPS[2], spanOf(STEPS, later), later).width, 70);
});

test('words say how long it took, what took longest and what failed', () => {
  assert.equal(timelineWords(STEPS.slice(0, 2), now), '2 steps over 1 min 00 s; the longest load, 40 s; 1 failed');
  assert.equal(timelineWords([], now), '');
  assert.equal(timelineWords([STEPS[3]], now), '1 step over 0 ms');
});

test('clocks that disagree leave bars within the picture', () => {
  const odd = [step('a', 10, 5), step('b', 0, 7)];
  const span = spanOf(odd, now);
  for (const each of odd) {
    const { left, width } = barOf(each, span, now);
    assert.ok(left >= 0 && width >= 0 && left + width <= 100.001);
  }
});
