import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DEFAULTS } from '../../../../static/quaero/js/log/rows/settings.mjs';
import { fullTimeText, newDayText, spanText, timeText, zoneName } from '../../../../static/quaero/js/log/rows/time.mjs';

process.env.TZ = 'Europe/Berlin';
const entry = (timestamp) => ({ timestamp });
const text = (timestamp, settings, view) => timeText(entry(timestamp), { ...DEFAULTS, ...settings }, view);
const LATE = '2024-03-01T23:59:58.123456Z';

test('times are of the zone that is chosen, with the date where that is wanted', () => {
  assert.equal(text(LATE, { zone: 'UTC' }), '23:59:58.123');
  assert.equal(text(LATE, {}), '00:59:58.123');
  assert.equal(text(LATE, { dates: true }), '2024-03-02 00:59:58.123');
  assert.equal(text('2024-07-01T12:00:00Z', {}), '14:00:00.000');
  assert.equal(text('soon', {}), '');
});

test('the whole time names its zone and has every digit', () => {
  assert.equal(fullTimeText(LATE, 'UTC'), '2024-03-01 23:59:58.123456 UTC');
  assert.equal(fullTimeText(LATE, 'local'), '2024-03-02 00:59:58.123456 Europe/Berlin (UTC+01:00)');
  assert.equal(zoneName('UTC'), 'UTC');
});

test('spans read like a stopwatch', () => {
  const spans = { 12: '+0.012', 130000: '+2:10.000', 3730000: '+1:02:10.000', 90123004: '+1d 01:02:03.004' };
  for (const [milliseconds, shown] of Object.entries(spans)) assert.equal(spanText(Number(milliseconds)), shown);
  assert.equal(spanText(-1500), '-1.500');
});

test('times may be since the start of the job or since the line before', () => {
  const view = { previous: entry('2024-03-01T23:59:57.123456Z'), startedAt: '2024-03-01T23:59:00Z' };
  assert.equal(text(LATE, { time: 'delta' }, view), '+1.000');
  assert.equal(text(LATE, { time: 'delta' }, { previous: null }), '+0.000');
  assert.equal(text(LATE, { time: 'relative' }, view), '+58.123');
  assert.equal(text(LATE, { time: 'relative', zone: 'UTC' }), '23:59:58.123', 'a job that has not started');
});

test('the day is said before the first entry and where it changes, in the zone that is chosen', () => {
  const after = entry('2024-03-02T00:00:01Z');
  assert.equal(newDayText(entry(LATE), 'UTC', null), 'Friday, 1 March 2024');
  assert.equal(newDayText(entry(LATE), 'local', null), 'Saturday, 2 March 2024');
  assert.equal(newDayText(after, 'UTC', entry(LATE)), 'Saturday, 2 March 2024');
  assert.equal(newDayText(after, 'local', entry(LATE)), '');
  assert.equal(newDayText(after, 'UTC', undefined), '', 'what is before it is not known');
  assert.equal(newDayText(entry('soon'), 'UTC', null), '');
});
