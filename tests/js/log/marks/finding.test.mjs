import assert from 'node:assert/strict';
import { test } from 'node:test';

import { placesOf, spotsOf } from '../../../../static/quaero/js/log/marks/finding.mjs';

test('spans stand where the text does, whatever the case of ASCII letters', () => {
  assert.deepEqual(placesOf('Error: no error', 'ERROR', 100), [
    [0, 5],
    [10, 15],
  ]);
});

test('other letters are told apart by their case, as the server does', () => {
  assert.deepEqual(placesOf('Ärger ärger', 'ÄRGER', 100), [[0, 5]]);
  assert.deepEqual(placesOf('\u212a k', 'K', 100), [[2, 3]]);
});

test('with case, letters are told apart', () => {
  assert.deepEqual(placesOf('Error error', 'error', 100, true), [[6, 11]]);
});

test('spans do not overlap, and count as JavaScript does', () => {
  assert.deepEqual(placesOf('😀aaa', 'aa', 100), [[2, 4]]);
});

test('a line has no more spans than are drawn', () => {
  assert.equal(placesOf('a'.repeat(1000), 'a', 100).length, 100);
});

test('nothing wanted is nothing found', () => {
  assert.deepEqual(placesOf('abc', '', 100), []);
});

test('a word may stand in several nodes', () => {
  assert.deepEqual(spotsOf([3, 0, 2, 4], [2, 6]), [
    [0, 2],
    [3, 1],
  ]);
  assert.deepEqual(spotsOf([3, 3], [3, 6]), [
    [1, 0],
    [1, 3],
  ]);
});
