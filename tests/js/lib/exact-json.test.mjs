import assert from 'node:assert/strict';
import { test } from 'node:test';

import { jsonText, parseExactly } from '../../../static/quaero/js/lib/exact-json.mjs';
import { textOfValue, valueOfText } from '../../../static/quaero/js/jobs/form-values.mjs';
import { parseJson } from '../../../static/quaero/js/log-stream.mjs';
import { cellText, columnsOf, sortedRows, typeOf } from '../../../static/quaero/js/results/model.mjs';

const LARGE = '1267650600228229401496703205376';

test('whole numbers of any size keep their digits on the way in and out', () => {
  for (const text of [
    LARGE,
    `-${LARGE}`,
    '9007199254740993',
    `{"a":[1,{"b":${LARGE}}],"c":null}`,
    `[${LARGE},2.5,1e+30,-0.25,"x"]`,
  ]) {
    assert.equal(jsonText(parseExactly(text)), text);
  }
  assert.equal(parseExactly(LARGE), BigInt(LARGE));
  assert.equal(parseExactly('9007199254740991'), 9007199254740991);
});

test('digits within texts and names are left alone', () => {
  const value = { [LARGE]: LARGE, quoted: `say "${LARGE}" \\`, fraction: 0.1234567890123456 };
  assert.deepEqual(parseExactly(JSON.stringify(value)), value);
  assert.deepEqual(parseJson('{"a": "\\\\", "b": 18446744073709551616}'), { a: '\\', b: '18446744073709551616' });
});

test('what looks like the mark of a number is the text that it was', () => {
  const value = ['\\u0000whole 5', '"\\u0000whole 5"'];
  assert.equal(jsonText(value), JSON.stringify(value));
});

test('to a follower of a log a large number is text, which JSON.stringify takes', () => {
  const entry = parseJson(`{"fields":{"n":${LARGE},"m":5}}`);
  assert.deepEqual(entry.fields, { n: LARGE, m: 5 });
});

test('what is no JSON is refused as JSON.parse refuses it', () => {
  for (const text of [`${LARGE} 5`, `[${LARGE}`, `01234567890123456789`, `-${LARGE}-1`]) {
    assert.throws(() => parseExactly(text), SyntaxError);
  }
});

test('a result shows and sorts large numbers as numbers', () => {
  const rows = parseExactly(`[{"n":${LARGE}},{"n":5},{"n":18446744073709551616}]`);
  assert.deepEqual(columnsOf(rows), [{ name: 'n', isNumeric: true }]);
  assert.deepEqual(
    sortedRows(rows, 'n').map(({ n }) => cellText(n)),
    ['5', '18446744073709551616', LARGE],
  );
  assert.equal(typeOf(rows[0].n), 'number');
});

test('a large number that is typed is passed on as that number', () => {
  assert.equal(valueOfText(LARGE), BigInt(LARGE));
  assert.equal(textOfValue(valueOfText(`[${LARGE}]`)), `[${LARGE}]`);
});
