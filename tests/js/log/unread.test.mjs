import assert from 'node:assert/strict';
import { test } from 'node:test';

import { unreadOf, unreadText } from '../../../static/quaero/js/log/unread.mjs';

const entries = [
  { id: 1, level: 'fatal' },
  { id: 2, level: 'info' },
  { id: 3, level: 'warn' },
];

test('what was seen is not counted, nor are its errors', () => {
  assert.deepEqual(unreadOf(entries, 1), { count: 2, hasErrors: false });
  assert.deepEqual(unreadOf(entries, 0), { count: 3, hasErrors: true });
  assert.deepEqual(unreadOf(entries, 3), { count: 0, hasErrors: false });
});

test('many are many', () => {
  assert.equal(unreadText(99), '99');
  assert.equal(unreadText(100), '99+');
});
