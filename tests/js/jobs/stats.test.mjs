import assert from 'node:assert/strict';
import { test } from 'node:test';

import { describeSessions, describeStats } from '../../../static/quaero/js/jobs/stats.mjs';
import { sayAddresses } from '../fakes.mjs';

sayAddresses();

test('numbers that are not known yet are dashes, not zeros', () => {
  assert.equal(describeStats(null, null).running, '–');
  assert.equal(describeStats({ by_status: {} }, null).failed, '–');
});

test('numbers that are not known any more are dashes', () => {
  const { rate, watching, running } = describeStats({ by_status: { running: 2 } }, 0);
  assert.deepEqual([rate, watching, running], ['–', '–', '2']);
});

test('numbers read as people write them', () => {
  const stats = { by_status: { running: 1200, pending: 3 }, entries_per_second: 0.25, active_users: 1 };
  const numbers = describeStats(stats, 2);
  assert.deepEqual(numbers, { running: '1,200', waiting: '3', failed: '2', rate: '0.3', watching: '1 person' });
});

test('readers are shown by name, with a link to the job, and how many more there are', () => {
  const sessions = [
    { user: 'ada', topic: 'job:3f2a9c1e-5b1d-4c39-9f0e-3d8f6c1f7a11', since: '2024-01-02T03:04:05.000000Z' },
    { user: 'ci', topic: 'service', since: '2024-01-02T03:04:04.000000Z' },
  ];
  const { rows, rest } = describeSessions({ active_streams: 5, active_sessions: sessions }, 0);
  assert.deepEqual(
    rows.map(({ user, jobText, otherText }) => [user, jobText, otherText]),
    [
      ['ada', 'job 3f2a9c1e', ''],
      ['ci', '', 'everything'],
    ],
  );
  assert.equal(rows[0].href, '/ops/jobs/3f2a9c1e-5b1d-4c39-9f0e-3d8f6c1f7a11/');
  assert.equal(rest, 'and 3 more');
  assert.deepEqual(describeSessions(null, 0), { rows: [], rest: '' });
});
