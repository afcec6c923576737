import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FamilyTree } from '../../../static/quaero/js/jobs/family-tree.mjs';

const job = (id, parent, members = {}) => ({
  id,
  parent,
  name: `job ${id}`,
  status: 'running',
  revision: 1,
  ...members,
});
const shape = (tree) => tree.rows.map((row) => `${row.job.id}@${row.depth}`);

function loaded() {
  const tree = new FamilyTree('root');
  const child = { ...job('a', 'root'), children: [{ ...job('b', 'a'), children: [] }] };
  tree.load({ job: { ...job('root', null), children: [child, { ...job('c', 'root'), children: [] }] } });
  return tree;
}

test('rows are the descendants, depth first', () => assert.deepEqual(shape(loaded()), ['a@1', 'b@2', 'c@1']));

test('news of a child of anybody in the family make it one of it', () => {
  const tree = loaded();
  assert.equal(tree.apply(job('d', 'b')), true);
  assert.equal(tree.apply(job('x', 'elsewhere')), false);
  assert.deepEqual(shape(tree), ['a@1', 'b@2', 'd@3', 'c@1']);
});

test('the older revision loses', () => {
  const tree = loaded();
  tree.apply(job('a', 'root', { revision: 5, status: 'failed' }));
  tree.load({ job: { ...job('root', null), children: [{ ...job('a', 'root'), children: [] }] } });
  assert.equal(tree.rows[0].job.status, 'failed');
});

test('a status event has less than a row, and undoes no end', () => {
  const tree = loaded();
  tree.merge([
    { id: 'a', parent: 'root', name: 'job a', status: 'completed', progress: 5 },
    { id: 'e', parent: 'a', status: 'pending' },
  ]);
  assert.deepEqual(shape(tree), ['a@1', 'b@2', 'e@2', 'c@1']);
  assert.equal(tree.merge([{ id: 'a', parent: 'root', status: 'running' }]), false);
  assert.equal(tree.rows[0].job.status, 'completed');
  assert.equal(tree.apply(job('e', 'a', { status: 'completed' })), true);
});

test('a deleted job takes its own with it', () => {
  const tree = loaded();
  assert.equal(tree.remove('a'), true);
  assert.deepEqual([shape(tree), tree.size], [['c@1'], 1]);
  assert.equal(tree.remove('unknown'), false);
});

test('a family is active while a job in it is', () => {
  const tree = loaded();
  for (const id of ['a', 'b', 'c'])
    tree.apply(job(id, id === 'b' ? 'a' : 'root', { revision: 2, status: 'completed' }));
  assert.equal(tree.isActive, false);
  assert.equal(tree.size, 3);
});
