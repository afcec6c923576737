import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Rates, SLOTS, SLOT_MS } from '../../../static/quaero/js/pictures/rates.mjs';

const job = (line, status = 'running', id = 'a') => ({ id, status, last_line: line });

function heights({ points }) {
  return points.split(' ').map((point) => Number(point.split(',')[1]));
}

test('a line goes up with the rate, and down when nothing comes', () => {
  const rates = new Rates();
  rates.begin(job(100), 0);
  rates.take(job(150), SLOT_MS);
  rates.take(job(250), 2 * SLOT_MS);
  assert.match(rates.describe('a', 3 * SLOT_MS).words, /^20 lines a second, 10 on average/);
  const later = rates.describe('a', 5 * SLOT_MS);
  assert.match(later.words, /^0 lines a second/);
  assert.deepEqual(heights(later), [15, 15, 8, 1, 15, 15]); // the first point twice: one alone would be no line
});

test('what a page has came at a time that is not known', () => {
  const rates = new Rates();
  rates.begin(job(0), 0);
  rates.begin(job(5000), SLOT_MS);
  rates.take(job(5005), SLOT_MS);
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
  assert.equal(points.length, SLOTS);
  assert.ok(points.every((point) => Number(point.split(',')[0]) >= 0 && Number(point.split(',')[0]) <= SLOTS));
});

test('the server says what came before the page was opened', () => {
  const rates = new Rates();
  const now = 100 * SLOT_MS;
  rates.begin(job(100), now);
  const bucket = (slot, info) => ({ start: new Date(slot * SLOT_MS).toISOString(), counts: { debug: 0, info } });
  const buckets = [bucket(98, 50), bucket(99, 10)];
  rates.fill('a', { from: buckets[0].start, bucket_s: SLOT_MS / 1000, buckets });
  assert.match(rates.describe('a', now).words, /^2\.0 lines a second, 6\.0 on average/);
});

test('the past of a job is asked for once', () => {
  const rates = new Rates();
  rates.begin(job(100), 0);
  assert.equal(rates.isNew('a'), true);
  rates.ask('a');
  assert.deepEqual([rates.isNew('a'), rates.isNew('unknown')], [false, false]);
});
