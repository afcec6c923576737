import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sayAddresses } from '../fakes.mjs';

sayAddresses();
const { describeSides, describeSteps, describeTotals, differenceText, logsWords } = await import(
  '../../../static/quaero/js/pictures/comparison.mjs'
);

const counts = (given) => ({ debug: 0, info: 0, warn: 0, error: 0, fatal: 0, total: 0, ...given });
const side = (id, duration, given) => ({
  run: { id, status: 'completed', counts: counts(given) },
  duration_s: duration,
});
const logs = (given) => ({ first_difference: null, same_lines: 3, is_complete: true, is_pruned: false, ...given });

test('a difference is said with its sign, and none where it is not worth it', () => {
  assert.deepEqual(
    [
      [10, 4],
      [4, 10],
      [10, 10.2],
      [0.05, 0.01],
      [null, 4],
      [undefined, 4],
    ].map(([one, other]) => differenceText(one, other)),
    ['+6.0 s', '−6.0 s', '', '', '', ''],
  );
});

test('totals have each level that one of the runs has', () => {
  const rows = describeTotals({
    job: side('a', 90, { info: 5, error: 2, total: 7 }),
    with: side('b', 60, { info: 9, warn: 1, total: 10 }),
  });
  assert.deepEqual(
    rows.map(({ name, difference, differenceClass }) => [name, difference, differenceClass]),
    [
      ['Status', '', ''],
      ['Duration', '+30 s', 'is-more'],
      ['Lines', '−3', ''],
      ['Info', '−4', ''],
      ['Warn', '−1', 'is-less'],
      ['Error', '+2', 'is-more'],
    ],
  );
});

test('a step that one run alone has is said to be missing', () => {
  const own = { id: 'x', status: 'completed', duration_s: 4, counts: counts({ total: 3 }) };
  const [row] = describeSteps([{ name: 'fetch', job: own, with: null }]);
  assert.deepEqual(
    [row.ownStatus, row.otherStatus, row.difference, row.lines],
    ['Completed', 'Not there', '', '3 / –'],
  );
});

test('words say where the logs part, and how much was looked at', () => {
  const parted = (line, other) => logs({ first_difference: { job: { line }, with: { line: other } } });
  assert.equal(logsWords(logs()), 'Both logs say the same, in 3 lines.');
  assert.equal(logsWords(parted(4, 4)), 'Line 4 is the first that differs.');
  assert.equal(logsWords(parted(null, 4)), 'This run ended after 3 lines that are the same.');
  assert.equal(logsWords(parted(4, null)), 'The other run ended after 3 lines that are the same.');
  assert.match(logsWords(logs({ is_complete: false })), /^The first 3 lines are the same; what comes after/);
  assert.match(logsWords(logs({ is_pruned: true })), /Older lines of one of them are deleted\.$/);
});

test('lines lead to their places in their logs, and the one that differs is marked', () => {
  const lines = [{ line: 4, level: 'info', message: 'x', is_cut: true }];
  const found = describeSides({
    job: side('a', 1),
    with: side('b', 1),
    logs: logs({ first_difference: { job: { line: 4, lines }, with: { line: null, lines: [] } } }),
  });
  assert.equal(found[0].rows[0].href, '/ops/jobs/a/#L4');
  assert.match(found[0].rows[0].lineClass, /is-different/);
  assert.equal(found[0].rows[0].text, 'x…');
  assert.equal(found[1].isOver, true);
});
