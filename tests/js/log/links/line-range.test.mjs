import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as range from '../../../../static/quaero/js/log/links/line-range.mjs';

test('a hash names a line or a range, in either order', () => {
  assert.deepEqual(range.readRange('#L12'), { first: 12, last: 12 });
  assert.deepEqual(range.readRange('#L10-L25'), { first: 10, last: 25 });
  assert.deepEqual(range.readRange('#L25-10'), { first: 10, last: 25 });
});

test('what is another hash is no range', () => {
  for (const hash of ['', '#', '#result', '#L', '#L-3', '#L1x', '#l12', '#L0', '#L5-0', `#L${'9'.repeat(16)}`]) {
    assert.equal(range.readRange(hash), null, hash);
  }
});

test('a range is written as it is read', () => {
  for (const hash of ['#L12', '#L10-L25', '']) assert.equal(range.writeRange(range.readRange(hash)), hash);
});

test('its ends are in it', () => {
  const lines = [9, 10, 25, 26].map((line) => range.isInRange({ first: 10, last: 25 }, line));
  assert.deepEqual(lines, [false, true, true, false]);
  assert.equal(range.isInRange(null, 1), false);
});

test('a range that the log does not have to its end is said to be cut', () => {
  assert.equal(range.missingText({ first: 10, last: 25 }, 25), '');
  assert.equal(range.missingText({ first: 10, last: 1025 }, 1020), 'The log ends at line 1,020.');
  assert.equal(range.missingText({ first: 30, last: 35 }, 20), ''); // then another line is shown, which is said
});
