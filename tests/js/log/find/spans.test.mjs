import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MOST_SPANS, spansOf } from '../../../../static/quaero/js/log/find/spans.mjs';

test('spans stand where the text does, whatever the case of ASCII letters', () => {
  assert.deepEqual(spansOf('Error: no error', 'ERROR'), [
    [0, 5],
    [10, 15],
  ]);
});

test('other letters are told apart by their case, as the server does', () => {
  assert.deepEqual(spansOf('Ärger ärger', 'ÄRGER'), [[0, 5]]);
  assert.deepEqual(spansOf('\u212a k', 'K'), [[2, 3]]);
});

test('with case, letters are told apart', () => {
  assert.deepEqual(spansOf('Error error', 'error', true), [[6, 11]]);
});

test('spans do not overlap, and count as JavaScript does', () => {
  assert.deepEqual(spansOf('😀aaa', 'aa'), [[2, 4]]);
});

test('a line has no more spans than are drawn', () => {
  assert.equal(spansOf('a'.repeat(1000), 'a').length, MOST_SPANS);
});

test('nothing wanted is nothing found', () => {
  assert.deepEqual(spansOf('abc', ''), []);
});
