import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MOST, readMarks, withMark, withMarks, withoutMark } from '../../../../static/quaero/js/log/marks/words.mjs';

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
