import assert from 'node:assert/strict';
import { test } from 'node:test';
import { continued, groupsIn } from '../../../../static/quaero/js/log/window/groups.mjs';

const line = (id, more = {}) => ({ id, stream: 'stdout', level: 'error', ...more });
const frame = (id, more = {}) => line(id, { fields: { continuation: true }, ...more });

function storeOf(entries) {
  return { first: 0, end: entries.length, at: (place) => entries[place] };
}

test('lines join the head of their job, stream and level, between whose lines others may stand', () => {
  const store = storeOf([line(1), line(2, { stream: 'stderr' }), frame(3), frame(4, { stream: 'stderr' }), frame(5)]);
  const { headOf, counts } = groupsIn(store, 0, 5);
  assert.deepEqual(
    [...headOf],
    [
      [3, 1],
      [4, 2],
      [5, 1],
    ],
  );
  assert.deepEqual(
    [...counts],
    [
      [1, 2],
      [2, 1],
    ],
  );
});

test('a head that is out of sight has its lines, and those out of sight count', () => {
  const store = storeOf([line(1), ...Array.from({ length: 60 }, (_, index) => frame(index + 2))]);
  assert.equal(groupsIn(store, 20, 30).headOf.get(22), 1);
  assert.equal(groupsIn(store, 0, 1).counts.get(1), 60);
});

test('lines whose head is not held join none', () => {
  const entries = [line(1), frame(2), frame(3), frame(4)];
  entries[1] = undefined;
  assert.equal(groupsIn(storeOf(entries), 0, 4).headOf.size, 0);
});

test('groups of a log that grows are what they are when it is looked at as a whole', () => {
  const entries = [line(1), frame(2), line(3), frame(4), frame(5), line(6), frame(7)];
  const store = storeOf(entries);
  const grown = groupsIn(storeOf(entries.slice(0, 4)), 0, 4);
  const { headOf, counts } = groupsIn(store, 0, 7);
  assert.deepEqual(continued(grown, store, 4, 7), { headOf, counts, heads: grown.heads });
});

test('the first line that joins another makes all lines before it of interest', () => {
  const store = storeOf([line(1), frame(2)]);
  const grown = groupsIn(storeOf([line(1)]), 0, 1);
  assert.equal(continued(grown, store, 1, 2), null);
  assert.equal(continued(grown, storeOf([line(1), line(2)]), 1, 2), grown);
});
