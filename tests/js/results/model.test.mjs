import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  cellText,
  columnsOf,
  isSmall,
  isTable,
  membersOf,
  sizeOf,
  sortedRows,
  summaryOf,
} from '../../../static/quaero/js/results/model.mjs';

test('a list of objects is a table, and nothing else is', () => {
  assert.equal(isTable([{ a: 1 }, {}]), true);
  for (const value of [[], {}, [1], [[1]], [{ a: 1 }, null], 'text', null]) assert.equal(isTable(value), false);
});

test('columns stand in the order in which they appear first', () => {
  const columns = columnsOf([{ b: 1, a: 'x' }, { c: null, b: null }, { a: 2 }]);
  assert.deepEqual(
    columns.map(({ name }) => name),
    ['b', 'a', 'c'],
  );
  assert.deepEqual(
    columns.map(({ isNumeric }) => isNumeric),
    [true, false, false],
  );
});

test('nested values are compact JSON, and a member that is not there is nothing', () => {
  assert.deepEqual([{ a: [1] }, 'text', null, 1.5, false, undefined].map(cellText), [
    '{"a":[1]}',
    'text',
    'null',
    '1.5',
    'false',
    '',
  ]);
  assert.equal(cellText('x'.repeat(400)).length, 301);
});

test('numbers are sorted by size, and what is not there comes last either way', () => {
  const rows = [{ n: 10 }, { n: null }, { n: 9 }, {}, { n: -1 }];
  assert.deepEqual(
    sortedRows(rows, 'n').map(({ n }) => n),
    [-1, 9, 10, null, undefined],
  );
  assert.deepEqual(
    sortedRows(rows, 'n', true).map(({ n }) => n),
    [10, 9, -1, null, undefined],
  );
  assert.deepEqual(
    sortedRows([{ n: 'b2' }, { n: 'b10' }, { n: 'a' }], 'n').map(({ n }) => n),
    ['a', 'b2', 'b10'],
  );
});

test('a container says how much is in it', () => {
  assert.equal(summaryOf([1]), '[ 1 item ]');
  assert.equal(summaryOf({ a: 1, b: 2 }), '{ 2 members }');
  assert.deepEqual([summaryOf([]), summaryOf({})], ['[]', '{}']);
  assert.deepEqual(membersOf(['a']), [['0', 'a']]);
  assert.deepEqual(membersOf(['a', 'b', 'c'], 1, 2), [['1', 'b']]);
  assert.deepEqual(membersOf({ a: 1, b: 2 }, 1), [['b', 2]]);
  assert.equal(membersOf('text'), null);
  assert.deepEqual([sizeOf({ a: 1 }), sizeOf([]), sizeOf('text'), sizeOf(null)], [1, 0, null, null]);
});

test('what is small is counted on all levels', () => {
  assert.equal(isSmall({ a: [1, 2, { b: 3 }] }), true);
  assert.equal(isSmall(Array.from({ length: 61 }, () => 0)), false);
  assert.equal(isSmall(Array.from({ length: 10 }, () => [1, 2, 3, 4, 5, 6])), false);
});
