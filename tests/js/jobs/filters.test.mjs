import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  apiFilters,
  areFilteringJobs,
  matchesJob,
  readJobFilters,
  writeJobFilters,
} from '../../../static/quaero/js/jobs/filters.mjs';

const NOW = Date.parse('2024-06-15T12:00:00Z');
const job = { name: 'Nightly import', kind: 'import', status: 'failed', created_at: '2024-06-15T11:30:00.123456Z' };

test('an address keeps the filters', () => {
  const query = '?status=failed&kind=import&q=night&created=24h';
  assert.equal(writeJobFilters(readJobFilters(query)), query);
  const between = '?created=between&from=2024-06-01T00%3A00&to=2024-06-02T00%3A00';
  assert.equal(writeJobFilters(readJobFilters(between)), between);
});

test('what is not allowed in an address counts as not said', () => {
  const filters = readJobFilters('?status=gone&created=toString&from=yesterday&to=2024-99-99T00:00');
  assert.equal(areFilteringJobs(filters), false);
});

test('two moments belong to the choice between them', () => {
  const filters = readJobFilters('?from=2024-06-01T00:00');
  assert.equal(writeJobFilters(filters), '');
  assert.equal(apiFilters(filters, NOW).created_from, '');
});

test('a range is asked for from now on backwards', () => {
  assert.equal(apiFilters(readJobFilters('?created=1h'), NOW).created_from, '2024-06-15T11:00:00.000Z');
  assert.equal(apiFilters(readJobFilters('?created=7d'), NOW).created_from, '2024-06-08T12:00:00.000Z');
  const { created_from: from, created_to: to } = apiFilters(
    readJobFilters('?created=between&to=2024-06-01T00:00'),
    NOW,
  );
  assert.deepEqual([from, to], ['', new Date('2024-06-01T00:00').toISOString()]);
});

test('a job matches as it would on the server', () => {
  const matches = (wanted) => matchesJob(job, wanted);
  assert.equal(matches({}), true);
  assert.equal(matches({ status: 'failed', kind: 'import', q: 'NIGHT' }), true);
  assert.equal(matches({ kind: 'imp' }), false);
  assert.equal(matches({ created_from: '2024-06-15T11:30:00.124Z' }), false);
  assert.equal(matches({ created_from: '2024-06-15T11:30:00.123Z' }), true);
  assert.equal(matches({ created_to: '2024-06-15T11:29:00Z' }), false);
});
