import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Rates } from '../../../static/quaero/js/pictures/rates.mjs';

const SLOT_MS = 3000;
const job = (line, status = 'running', id = 'a') => ({ id, status, last_line: line });

function heights({ points }) {
  return points.split(' ').map((point) => Number(point.split(',')[1]));
}

test('a line goes up with the rate, and down when nothing comes', () => {
  const rates = new Rates();
  rates.begin(job(100), 0);
  rates.take(job(130), SLOT_MS);
  rates.take(job(190), 2 * SLOT_MS);
  assert.match(rates.describe('a', 3 * SLOT_MS).words, /^20 lines a second, 10 on average/);
  const later = rates.describe('a', 5 * SLOT_MS);
  assert.match(later.words, /^0 lines a second/);
  assert.deepEqual(heights(later), [15, 15, 8, 1, 15, 15]); // the first point twice: one alone would be no line
});

test('what a page tells came at a time that is not known', () => {
  const rates = new Rates();
  rates.begin(job(0), 0);
  rates.begin(job(5000), SLOT_MS);
  rates.take(job(5003), SLOT_MS);
  assert.match(rates.describe('a', 2 * SLOT_MS).words, /^1\.0 lines a second/);
});

test('there is nothing to show of a moment', () => {
  const rates = new Rates();
  rates.begin(job(100), 0);
  assert.equal(rates.describe('a', 100), null);
  assert.equal(rates.describe('unknown', 100), null);
});

test('of jobs that have ended or left the list nothing is kept', () => {
  const rates = new Rates();
  for (const id of ['a', 'b', 'c', 'd']) rates.begin(job(1, 'running', id), 0);
  rates.take(job(2, 'completed', 'a'), 10);
  rates.forget('b');
  rates.keepOnly([{ id: 'd' }]);
  rates.begin(job(1, 'pending', 'e'), 0);
  assert.equal(rates.size, 1);
});

test('what is kept of a job does not grow', () => {
  const rates = new Rates();
  rates.begin(job(0), 0);
  for (let second = 1; second < 3600; second += 1) rates.take(job(second * 10), second * 1000);
  const points = rates.describe('a', 3_600_000).points.split(' ');
  assert.equal(points.length, 60);
  assert.ok(points.every((point) => Number(point.split(',')[0]) >= 0 && Number(point.split(',')[0]) <= 60));
});
