import assert from 'node:assert/strict';
import { test } from 'node:test';
import { targetOf } from '../../../../static/quaero/js/log/window/targets.mjs';

test('a number is a line', () => {
  assert.deepEqual(targetOf(' 12,345 '), { line: 12345 });
});

test('a time of day is that of the day in view', () => {
  const day = new Date(2026, 0, 31, 9);
  assert.deepEqual(targetOf('14:03:11', day), { time: new Date(2026, 0, 31, 14, 3, 11).toISOString() });
  assert.deepEqual(targetOf('7:05', day), { time: new Date(2026, 0, 31, 7, 5).toISOString() });
  assert.deepEqual(targetOf('14:03:11.250', day), { time: new Date(2026, 0, 31, 14, 3, 11, 250).toISOString() });
});

test('a moment is taken as it is said', () => {
  assert.deepEqual(targetOf('2026-01-31T14:03:11Z'), { time: '2026-01-31T14:03:11.000Z' });
  assert.deepEqual(targetOf('2026-01-31 14:03:11+02:00'), { time: '2026-01-31T12:03:11.000Z' });
});

test('what is neither is none', () => {
  for (const text of ['', '0', '-3', '25:00', '14:60', 'noon', '2026-13-45', '1.5'])
    assert.equal(targetOf(text, new Date()), null);
});
