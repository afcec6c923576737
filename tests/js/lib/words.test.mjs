import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as words from '../../../static/quaero/js/lib/words.mjs';

test('durations are as long as they need to be', () => {
  const times = [null, 41, 2400, 42_000, 185_000, 7_620_000, 3 * 86_400_000 + 4 * 3_600_000];
  const expected = ['', '41 ms', '2.4 s', '42 s', '3 min 05 s', '2 h 07 min', '3 d 4 h'];
  assert.deepEqual(times.map(words.durationText), expected);
});

test('a clock that is behind the server’s shows no negative time', () =>
  assert.equal(words.durationText(-500), '0 ms'));

test('a run that has not begun has no duration, a running one goes on', () => {
  const started = '2024-01-01T00:00:00.000000Z';
  const now = Date.parse('2024-01-01T00:01:00Z');
  assert.equal(words.runningTime({ started_at: null, finished_at: null }, now), null);
  assert.equal(words.runningTime({ started_at: started, finished_at: null }, now), 60_000);
  assert.equal(words.runningTime({ started_at: started, finished_at: '2024-01-01T00:00:02Z' }, now), 2000);
});

test('a moment is shown with as much of its date as is needed', () => {
  const now = new Date(2024, 5, 15, 12).getTime();
  assert.equal(words.momentText(new Date(2024, 5, 15, 9, 5, 7).toISOString(), now), '09:05:07');
  assert.equal(words.momentText(new Date(2024, 0, 2, 9, 5).toISOString(), now), '2 Jan 09:05');
  assert.equal(words.momentText(new Date(2023, 0, 2, 9, 5).toISOString(), now), '2 Jan 2023 09:05');
  assert.equal(words.momentText(null, now), '');
});

test('what is shown stands beside the filtered and the whole number', () => {
  const shown = { shown: 100, matching: 1234, total: 56789 };
  assert.equal(words.showingText({ ...shown, isFiltering: true }), 'Showing 100 of 1,234 filtered (56,789 total)');
  const uncounted = { ...shown, matching: null, isFiltering: true };
  assert.equal(words.showingText(uncounted), 'Showing 100 filtered, counting… (56,789 total)');
  assert.equal(words.showingText({ ...shown, isFiltering: false }), 'Showing 100 of 56,789');
});

test('a state says its reason where it matters', () => {
  assert.equal(words.stateText('Live', ''), 'Live');
  assert.equal(words.stateText('Polling', 'The stream is silent'), 'Polling every 5 s · The stream is silent');
  assert.equal(words.stateText('Polling', 'chosen'), 'Polling every 5 s');
  assert.equal(words.stateText('Idle', 'hidden'), 'Paused');
});

test('one is singular', () => {
  assert.equal(words.countText(1, 'error'), '1 error');
  assert.equal(words.countText(1200, 'error'), '1,200 errors');
});
