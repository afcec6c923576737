import assert from 'node:assert/strict';
import { test } from 'node:test';

import { describeRuns } from '../../../static/quaero/js/jobs/runs.mjs';
import { describeSpec, isRun } from '../../../static/quaero/js/jobs/spec.mjs';
import { ageText, waitingText } from '../../../static/quaero/js/jobs/workers.mjs';

const NOON = Date.parse('2026-01-31T12:00:00Z');

test('a program is described with its parameters and without its secrets', () => {
  const spec = {
    type: 'program',
    language: 'shell',
    program: 'true',
    timeout: 90,
    parameters: { days: 7 },
    secrets: ['key'],
  };
  assert.deepEqual(describeSpec(spec), {
    facts: [
      { name: 'Language', text: 'Shell' },
      { name: 'Timeout', text: '1 min 30 s' },
    ],
    parameters: [
      { name: 'days', text: '7' },
      { name: 'key', text: '•••' },
    ],
    text: 'true',
    textLabel: 'Program',
  });
});

test('a command is shown as a shell would take it', () => {
  assert.equal(describeSpec({ command: ['echo', "it's", 'a-b'] }).text, "echo 'it'\\''s' a-b");
});

test('a job that does not say what it ran has no such panel', () => {
  assert.equal(describeSpec({}), null);
  assert.equal(describeSpec(undefined), null);
  assert.match(describeSpec({ other: 1 }).text, /"other": 1/);
});

test('what a worker has run can be run again', () => {
  assert.deepEqual([{ type: 'program' }, { type: 'registered' }, { command: [] }, undefined].map(isRun), [
    true,
    true,
    false,
    false,
  ]);
});

test('bars of runs are in proportion to the longest', () => {
  const job = (id, seconds) => ({
    id,
    status: 'completed',
    started_at: '2026-01-31T11:00:00Z',
    finished_at: new Date(Date.parse('2026-01-31T11:00:00Z') + seconds * 1000).toISOString(),
  });
  const pending = {
    id: 'c',
    status: 'pending',
    created_at: '2026-01-31T11:00:00Z',
    started_at: null,
    finished_at: null,
  };
  const rows = describeRuns([job('a', 40), job('b', 10), pending], 'b', NOON);
  assert.deepEqual(
    rows.map(({ barStyle }) => barStyle.width),
    ['100%', '25%', '0%'],
  );
  assert.deepEqual(
    rows.map(({ isCurrent }) => isCurrent),
    [false, true, false],
  );
});

test('jobs that wait without a worker are named, others are not', () => {
  assert.match(waitingText({ alive: 0, waiting: 1 }), /^1 job waits, and no worker is there: start one/);
  assert.match(waitingText({ alive: 0, waiting: 2 }), /^2 jobs wait/);
  assert.equal(waitingText({ alive: 1, waiting: 2 }), '');
  assert.equal(waitingText({ alive: 0, waiting: 0 }), '');
});

test('a clock that is ahead makes nothing happen in the future', () => {
  const ages = [-5000, 400, 4900, 75000].map((age) => ageText(new Date(NOON - age).toISOString(), NOON));
  assert.deepEqual(ages, ['just now', 'just now', '4 s ago', '1 min 15 s ago']);
});
