import assert from 'node:assert/strict';
import { test } from 'node:test';

import { describeCounts, describeJob, describeStep } from '../../../../static/quaero/js/jobs/summary.mjs';
import { isJson } from '../../../../static/quaero/js/log/rows/details.mjs';
import { membersShown, valueText } from '../../../../static/quaero/js/log/rows/fields.mjs';
import { codePoint, partsOf } from '../../../../static/quaero/js/log/rows/text.mjs';

const fieldsText = (fields, message = '') =>
  membersShown({ fields, message })
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');

test('fields read as key=value, nested ones as JSON', () => {
  assert.equal(fieldsText({ user: 'ada', tries: 3, path: ['a', 1] }), 'user=ada tries=3 path=["a",1]');
  assert.equal(fieldsText(null), '');
});

test('hidden characters are named by their code', () => assert.equal(codePoint('\u202e'), 'U+202E'));

const HIDDEN = [
  0xad, 0x200b, 0x200e, 0x202e, 0x2060, 0x2066, 0x206f, 0xfeff, 0x3164, 0x180e, 0x2028, 0xe0041, 0xe007f, 0x200c,
  0x13430, 0x200d, 0xfe0f,
];

test('what cannot be seen is a part of its own, and the text is still the same', () => {
  for (const character of HIDDEN.map((code) => String.fromCodePoint(code))) {
    const parts = partsOf(`pass${character}word`);
    assert.deepEqual(
      parts.map((part) => part.text),
      ['pass', character, 'word'],
    );
    assert.deepEqual(
      parts.map((part) => part.isHidden),
      [false, true, false],
      codePoint(character),
    );
  }
  assert.deepEqual(
    partsOf('\u{1f600}\ufe0f\ufe01').map((part) => part.isHidden),
    [false, true],
  );
});

test('whatever Unicode calls invisible, or a control, is shown where it stands between letters', () => {
  const hides = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/u;
  const isSeen = /[\t\n\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u; // signs around numbers
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const character = String.fromCodePoint(code);
    if (!hides.test(character) || isSeen.test(character)) continue;
    assert.ok(
      partsOf(`a${character}b`).some(({ isHidden }) => isHidden),
      codePoint(character),
    );
  }
});

test('emoji and scripts that need joiners are left as they are', () => {
  const flag = String.fromCodePoint(0x1f3f4, 0xe0067, 0xe0062, 0xe0073, 0xe0063, 0xe0074, 0xe007f);
  for (const text of [
    '👩‍🚀',
    '❤️‍🔥',
    '🏳️‍🌈',
    '👩🏽‍💻',
    '1️⃣',
    '©️',
    flag,
    'می‌خواهم',
    'क्‍ष',
    'ශ්‍රී',
    'שלום',
    'مرحبا',
    '葛󠄀',
    '𓀀𓐰𓁀',
    'é',
  ]) {
    assert.deepEqual(
      partsOf(`a ${text} b`).map((part) => part.isHidden),
      [false],
      text,
    );
  }
});

test('a job that waits has no duration and no progress', () => {
  const row = describeJob(
    { id: 'a', name: 'x', status: 'pending', created_at: '2024-01-01T00:00:00Z', progress: null },
    0,
  );
  assert.deepEqual([row.durationText, row.hasProgress, row.errors], ['', false, 0]);
});

test('errors count fatal ones', () => {
  const counts = { debug: 1, info: 2, warn: 3, error: 4, fatal: 5, total: 15 };
  const row = describeJob({ id: 'a', name: 'x', status: 'failed', counts }, 0);
  assert.deepEqual([row.errorsText, row.warningsText, row.totalText], ['9 errors', '3 warnings', '15']);
  assert.deepEqual(
    describeCounts({ ...counts, debug: 0 }).map((badge) => badge.text),
    ['2 info', '3 warn', '4 error', '5 fatal'],
  );
});

test('what the message shows of an exception is not repeated, and a continuation says nothing of itself', () => {
  const fields = {
    'exception.type': 'KeyError',
    'exception.message': "'a'",
    'exception.stacktrace': "Trace\nKeyError: 'a'",
    order: 7,
    user: 'a',
  };
  assert.equal(fieldsText(fields, "failed\nTrace\nKeyError: 'a'"), 'order=7 user=a');
  assert.match(fieldsText(fields, 'failed'), /exception.type=KeyError/);
  assert.equal(fieldsText({ continuation: true, order: 7 }), 'order=7');
  assert.equal(fieldsText({ continuation: 'a' }), 'continuation=a');
});

test('a step that is chosen is shown as pressed', () => {
  const step = { id: 's', name: 'Load', status: 'running', counts: {} };
  assert.equal(describeStep(step, true, 0).pressed, 'true');
  assert.equal(describeStep(step, false, 0).pressed, 'false');
});

test('a step says why it has failed', () => {
  const failed = describeStep({ id: 's', name: 'Load', status: 'failed', counts: {}, error: 'no disk' }, '', 0);
  assert.deepEqual([failed.hasError, failed.error], [true, 'no disk']);
  assert.equal(describeStep({ id: 's', name: 'Load', status: 'running', counts: {} }, '', 0).hasError, false);
});

test('a message is JSON where it is an object or an array with something in it', () => {
  for (const text of ['{"a": 1}', ' [1, 2]\n', '[{"a": null}]', '["x"]', '[true]', `["${'x'.repeat(20_000)}"]`])
    assert.ok(isJson(text), text.slice(0, 20));
  for (const text of ['{}', '[]', '[INFO] x [y]', '[2024-03-01] x [y]', '{a: 1}', '"x"', '7', '{"a": 1', ''])
    assert.ok(!isJson(text), text);
});
