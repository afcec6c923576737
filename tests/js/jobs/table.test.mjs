import assert from 'node:assert/strict';
import { test } from 'node:test';

import { JobTable, isNewer } from '../../../static/quaero/js/jobs/table.mjs';

const job = (id, members = {}) => ({
  id,
  name: `job ${id}`,
  status: 'running',
  revision: 1,
  last_line: 0,
  created_at: `2024-01-01T00:00:0${id}Z`,
  ...members,
});
const page = (jobs, next = null) => ({ jobs, next, counts: {} });
const ids = (table) => table.rows.map((row) => row.id);

function tableWith(jobs, { next = null, filters = {} } = {}) {
  const table = new JobTable();
  table.filters = filters;
  table.loadFirst(page(jobs, next));
  return table;
}

test('rows stand newest first, however they came', () => {
  const table = tableWith([job(2), job(1)]);
  table.apply(job(3));
  assert.deepEqual(ids(table), [3, 2, 1]);
});

test('what a job has started stands beneath it, newest first', () => {
  const table = tableWith([job(4, { parent: 2 }), job(3), job(2), job(1)]);
  table.apply(job(5, { parent: 4 }));
  table.apply(job(6, { parent: 2 }));
  assert.deepEqual(
    table.tree.map(({ job: { id }, depth }) => [id, depth]),
    [
      [3, 0],
      [2, 0],
      [6, 1],
      [4, 1],
      [5, 2],
      [1, 0],
    ],
  );
  table.remove(2);
  assert.deepEqual(
    table.tree.map(({ job: { id }, depth }) => [id, depth]),
    [
      [6, 0],
      [4, 0],
      [5, 1],
      [3, 0],
      [1, 0],
    ],
  );
});

test('a child whose parent is on a later page stands by itself, and moves when that comes', () => {
  const table = tableWith([job(5, { parent: 1 }), job(4)], { next: 'after 4' });
  assert.deepEqual(ids(table), [5, 4]);
  assert.equal(table.apply(job(2)), false);
  table.loadMore(page([job(2), job(1)]));
  assert.deepEqual(ids(table), [4, 2, 1, 5]);
});

test('the older revision loses, on equal ones the smaller line', () => {
  const known = job(1, { revision: 5, last_line: 10 });
  assert.equal(isNewer(job(1, { revision: 4, last_line: 99 }), known), false);
  assert.equal(isNewer(job(1, { revision: 5, last_line: 9 }), known), false);
  assert.equal(isNewer(job(1, { revision: 5, last_line: 10 }), known), true);
  assert.equal(isNewer(job(1, { revision: 6, last_line: 0 }), known), true);
});

test('a page that was read before the news does not undo it', () => {
  const table = tableWith([job(1)]);
  table.apply(job(1, { status: 'failed', revision: 2 }));
  table.loadFirst(page([job(1)]), new Set([1]));
  assert.equal(table.rows[0].status, 'failed');
});

test('a job created while the page was read stays', () => {
  const table = tableWith([job(1)]);
  table.apply(job(2));
  table.loadFirst(page([job(1)]), new Set([2]));
  assert.deepEqual(ids(table), [2, 1]);
});

test('a job that went while the tab did not listen goes with the next page', () => {
  const table = tableWith([job(2), job(1)]);
  table.loadFirst(page([job(2)]));
  assert.deepEqual(ids(table), [2]);
});

test('rows of later pages stay when the first is read again', () => {
  const table = tableWith([job(4), job(3)], { next: 'after 3' });
  table.loadMore(page([job(2), job(1)], 'after 1'));
  table.loadFirst(page([job(5), job(4)], 'after 4'));
  assert.deepEqual(ids(table), [5, 4, 3, 2, 1]);
  assert.equal(table.next, 'after 1');
  table.loadFirst(page([job(5)]));
  assert.deepEqual([ids(table), table.next], [[5], null]);
});

test('a list that has grown long lets go of what the page does not name', () => {
  const table = tableWith([job(4), job(3), job(2)], { next: 'after 2' });
  table.loadFirst(page([job(4), job(3)], 'after 3'), new Set(), true);
  assert.deepEqual([ids(table), table.next], [[4, 3], 'after 3']);
});

test('a deleted job does not come back with a page read before', () => {
  const table = tableWith([job(1)]);
  table.remove(1);
  table.loadFirst(page([job(1)]));
  assert.deepEqual(ids(table), []);
});

test('news of a job on a page not read yet is left for that page', () => {
  const table = tableWith([job(3), job(2)], { next: 'cursor' });
  assert.equal(table.apply(job(1)), false);
  table.loadMore(page([job(1)]));
  assert.deepEqual(ids(table), [3, 2, 1]);
});

test('a row that stops matching leaves, one that begins to match appears', () => {
  const table = tableWith([job(1)], { filters: { status: 'running' } });
  table.apply(job(1, { status: 'completed', revision: 2 }));
  table.apply(job(2, { status: 'pending' }));
  assert.deepEqual(ids(table), []);
  table.apply(job(2, { status: 'running', revision: 2 }));
  assert.deepEqual(ids(table), [2]);
});

test('the search folds ASCII letters only, as the server’s does', () => {
  const table = tableWith([job(1, { name: 'Nightly IMPORT' }), job(2, { name: 'ÜBER' })], { filters: { q: 'import' } });
  assert.deepEqual(ids(table), [1]);
  table.filters = { q: 'über' };
  assert.deepEqual(ids(table), []);
});
