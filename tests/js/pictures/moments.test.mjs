import assert from 'node:assert/strict';
import { test } from 'node:test';

import { axisText, momentWords } from '../../../static/quaero/js/pictures/moments.mjs';

const MOMENT = '2026-01-31T12:34:56.789000Z';
const NOW = Date.parse('2026-01-31T20:00:00Z');
const words = (stepMs, now = NOW) => momentWords(MOMENT, stepMs, 'UTC', now);

test('marks of the axis are as fine as they are close', () => {
  const at = Date.parse(MOMENT) / 1000;
  assert.deepEqual(
    [0.1, 1, 60, 86400].map((apart) => axisText(at, apart, 'UTC')),
    ['56.789', '12:34:56', '12:34', '31 Jan'],
  );
});

test('a moment is named as finely as the steps are wide, with its day unless that is today', () => {
  assert.deepEqual(
    [500, 5000, 60000].map((stepMs) => words(stepMs)),
    ['12:34:56.789', '12:34:56', '12:34'],
  );
  assert.equal(words(60000, NOW + 86_400_000), '31 Jan 12:34');
  assert.equal(words(60000, Date.parse('2027-01-31T13:00:00Z')), '31 Jan 12:34');
});

test('the zone of the reader is that of the system', () => {
  const local = new Date(MOMENT);
  const expected = `${String(local.getHours()).padStart(2, '0')}:${String(local.getMinutes()).padStart(2, '0')}`;
  assert.equal(axisText(local.getTime() / 1000, 60, 'local'), expected);
});
