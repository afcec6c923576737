import assert from 'node:assert/strict';
import { test } from 'node:test';

import { placesOf, spotsOf } from '../../../../static/quaero/js/log/marks/finding.mjs';
import { MOST, readMarks, withMark, withMarks, withoutMark } from '../../../../static/quaero/js/log/marks/words.mjs';

test('a word is found as the search finds it', () => {
  assert.deepEqual(placesOf('Time, tIME, tímé', 'time', 10), [
    [0, 4],
    [6, 10],
  ]);
  assert.deepEqual(placesOf('aaaa', 'aa', 10), [
    [0, 2],
    [2, 4],
  ]);
  assert.equal(placesOf('a'.repeat(100), 'a', 7).length, 7);
  assert.deepEqual(placesOf('text', '', 7), []);
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

test('marks survive the address, behind its filters', () => {
  const marks = readMarks('?level=warn&mark=a%26b&mark=c&mark=c&mark=');
  assert.deepEqual(
    marks.map(({ word }) => word),
    ['a&b', 'c'],
  );
  assert.equal(withMarks('?level=warn', marks), '?level=warn&mark=a%26b&mark=c');
  assert.equal(withMarks('', marks), '?mark=a%26b&mark=c');
  assert.equal(withMarks('?x=1', []), '?x=1');
});

test('a mark keeps its colour while others go', () => {
  const both = withMark(withMark([], 'a').marks, 'b').marks;
  const rest = withoutMark(both, 'a');
  assert.deepEqual(rest, [{ word: 'b', color: 2 }]);
  assert.deepEqual(withMark(rest, 'c').marks.at(-1), { word: 'c', color: 1 });
  assert.deepEqual(withMark(both, 'b').marks, both);
});

test('marks are few, and short', () => {
  const many = Array.from({ length: MOST }, (_, place) => ({ word: `w${place}`, color: 1 }));
  assert.match(withMark(many, 'x').problem, /At most 8/);
  assert.match(withMark([], 'x'.repeat(201)).problem, /at most 200/);
});
