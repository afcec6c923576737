import assert from 'node:assert/strict';
import { test } from 'node:test';

import { describeStats } from '../../static/js/jobs-stats.mjs';

test('numbers that are not known yet are dashes, not zeros', () => {
  assert.equal(describeStats(null, null).running, '–');
  assert.equal(describeStats({ by_status: {} }, null).failed, '–');
});

test('numbers read as people write them', () => {
  const stats = { by_status: { running: 1200, pending: 3 }, entries_per_second: 0.25, active_users: 1 };
  const numbers = describeStats(stats, 2);
  assert.deepEqual(numbers, { running: '1,200', waiting: '3', failed: '2', rate: '0.3', watching: '1 person' });
});
