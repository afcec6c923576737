import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  bucketAt,
  columnsOf,
  pictureWords,
  rangeOf,
  rangeWords,
} from '../../../static/quaero/js/pictures/histogram-data.mjs';

const counts = (given) => ({ debug: 0, info: 0, warn: 0, error: 0, fatal: 0, ...given });
const picture = (buckets, more = {}) => {
  const start = (place) => `2026-01-31T12:0${place}:00.000000Z`;
  return {
    from: start(0),
    to: start(buckets.length),
    bucket_s: 60,
    buckets: buckets.map((given, place) => ({ start: start(place), counts: counts(given) })),
    total: 0,
    outside: 0,
    is_sampled: false,
    is_complete: true,
    ...more,
  };
};
const THREE = picture([{ info: 5, debug: 2 }, { error: 1, fatal: 1, warn: 3 }, {}]);
const SHOWN = { zone: 'local', now: Date.parse('2026-01-31T12:00:00Z') };
const NOON = Date.parse('2026-01-31T12:00:00Z');

test('each part of a bar stands on those below it, errors lowest', () => {
  const [times, ...columns] = columnsOf(THREE.buckets);
  assert.deepEqual(times, [NOON / 1000, NOON / 1000 + 60, NOON / 1000 + 120]);
  assert.deepEqual(columns, [
    [7, 5, 0], // with debug
    [5, 5, 0], // with info
    [0, 5, 0], // with warnings
    [0, 2, 0], // errors
  ]);
});

test('a moment is in one bucket, and one outside in the next', () => {
  const at = (seconds) => bucketAt(THREE, NOON / 1000 + seconds);
  assert.deepEqual([-5, 0, 59.9, 60, 179, 500].map(at), [0, 0, 0, 1, 2, 2]);
});

test('a stretch becomes a filter with both of its ends', () => {
  const expected = { from: '2026-01-31T12:01:00.000000Z', to: '2026-01-31T12:02:59.999999Z' };
  assert.deepEqual(rangeOf(THREE, 1, 2), expected);
  assert.deepEqual(rangeOf(THREE, 2, 1), expected);
});

test('words say what a stretch has, and that a sample is near', () => {
  assert.match(rangeWords(THREE, 1, 1, SHOWN), / to .*: 5 lines, 2 errors, 3 warnings$/);
  assert.match(rangeWords({ ...THREE, is_sampled: true }, 0, 2, SHOWN), /: about 12 lines, 2 errors, 3 warnings$/);
  assert.equal(pictureWords(picture([]), SHOWN), 'There are no lines.');
  assert.match(pictureWords({ ...THREE, is_complete: false, total: 1200 }, SHOWN), /^1,200 lines so far, counting…$/);
  assert.match(pictureWords({ ...THREE, outside: 3 }, SHOWN), /, and 3 at other times$/);
});
