import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readMoment } from '../../../../static/quaero/js/log/filters/moments.mjs';
import { readTyped } from '../../../../static/quaero/js/log/filters/typed.mjs';

const STEPS = [
  { id: 'a', name: 'Load' },
  { id: 'b', name: 'Load shops' },
  { id: 'c', name: 'Fetch shops' },
];
const DAY = Date.UTC(2026, 0, 31, 12);
const added = (kind, text) => readTyped(kind, text, { steps: STEPS, day: DAY, isUtc: true }).filters;
const problem = (kind, text) => readTyped(kind, text, { steps: STEPS, day: DAY }).problem ?? '';

test('a source is any name', () => assert.deepEqual(added('source', ' app.db '), { source: 'app.db' }));

test('a field is a name and a value, which may have signs of its own', () => {
  assert.deepEqual(added('field', 'http.status=500'), { 'fields.http.status': '500' });
  assert.deepEqual(added('field', 'query=a=b'), { 'fields.query': 'a=b' });
  for (const text of ['shop', 'shop=', '=7', 'a..b=1', 'a"b=1']) assert.notEqual(problem('field', text), '', text);
});

test('a step is found by its name or by a part that only one has', () => {
  assert.deepEqual(added('step', 'load'), { step: 'a' });
  assert.deepEqual(added('step', 'fetch'), { step: 'c' });
  assert.match(problem('step', 'shops'), /2 steps/);
  assert.match(problem('step', 'Pack'), /No step is named “Pack”/);
});

test('lines are a number, a range, or half of one', () => {
  assert.deepEqual(added('lines', '10'), { first_line: '10', last_line: '10' });
  assert.deepEqual(added('lines', '25 – 10'), { first_line: '10', last_line: '25' });
  assert.deepEqual(added('lines', '10-'), { first_line: '10' });
  assert.deepEqual(added('lines', '-25'), { last_line: '25' });
  for (const text of ['x', '-', '0', '1-2-3', '1.5']) assert.notEqual(problem('lines', text), '', text);
});

test('a time may have a date, a zone, or neither', () => {
  assert.equal(readMoment('14:03', DAY, true), '2026-01-31T14:03:00.000Z');
  assert.equal(readMoment('9:03:11.123456', DAY, true), '2026-01-31T09:03:11.123456Z');
  assert.equal(readMoment('2025-12-01 08:00', DAY, true), '2025-12-01T08:00:00.000Z');
  assert.equal(readMoment('2025-12-01', DAY, true), '2025-12-01T00:00:00.000Z');
  assert.equal(readMoment('2025-12-01T08:00:00+01:00', DAY), '2025-12-01T08:00:00+01:00');
  for (const text of ['25:00', '14:60', 'noon', '2025-02-30', '2025-13-01T00:00:00Z', '', '12']) {
    assert.equal(readMoment(text, DAY, true), null, text);
  }
});

test('a time without a zone is the reader’s', () => {
  assert.equal(readMoment('2025-07-01 08:00', DAY), new Date(2025, 6, 1, 8).toISOString());
});

test('what is not a time is refused with an example', () => assert.match(problem('from', 'noon'), /14:03:11/));

test('nothing, and too much, are refused', () => {
  assert.equal(problem('source', '  '), 'Give a value.');
  assert.match(problem('source', 'x'.repeat(1001)), /at most 1000/);
});
