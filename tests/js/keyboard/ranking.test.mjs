import assert from 'node:assert/strict';
import { test } from 'node:test';

import { rankOf, ranked } from '../../../static/quaero/js/keyboard/ranking.mjs';

const WORDS = ['Recopy it', 'Copy link', 'Clear filters', 'Follow the end', 'Copy all lines'];
const found = (query) => ranked(WORDS, query, (words) => words);

test('nothing typed leaves all as they are', () => assert.deepEqual(found(' '), WORDS));

test('beginnings of words go before middles, equals keep their order', () =>
  assert.deepEqual(found('COPY'), ['Copy link', 'Copy all lines', 'Recopy it']));

test('every word must fit, in any order', () => {
  assert.deepEqual(found('all co'), ['Copy all lines']);
  assert.equal(rankOf('Copy link', 'copy x'), 0);
});

test('first letters find too', () => assert.deepEqual(found('cl'), ['Clear filters', 'Copy link']));
