import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  describeField,
  fieldText,
  placeRefusal,
  programForm,
  programOrder,
  textOfValue,
  textsOf,
  valueOfText,
} from '../../../static/quaero/js/jobs/form-values.mjs';

const field = (members = {}) => ({
  name: 'days',
  label: 'Days',
  kind: 'integer',
  required: false,
  default: '30',
  options: [],
  min: 1,
  max: 9,
  help: '',
  allowed: 'a whole number from 1 to 9',
  ...members,
});
const typed = (members = {}) => ({ program: 'true', language: 'shell', name: '', timeout: '', rows: [], ...members });
const row = (name, value, isSecret = false) => ({ name, value, isSecret });

test('a field begins with its default, or with what another run was given', () => {
  assert.equal(describeField(field()).value, '30');
  assert.equal(describeField(field(), 7).value, '7');
  assert.equal(describeField(field({ kind: 'checkbox', default: 'true' })).isChecked, true);
  assert.equal(describeField(field({ kind: 'checkbox', default: 'true' }), false).isChecked, false);
});

test('every kind has its element', () => {
  const kinds = {
    text: 'text',
    number: 'number',
    integer: 'number',
    password: 'password',
    datetime: 'datetime-local',
    date: 'date',
  };
  for (const [kind, type] of Object.entries(kinds)) {
    const { isInput, inputType } = describeField(field({ kind }));
    assert.deepEqual([isInput, inputType], [true, type], kind);
  }
  assert.equal(describeField(field({ kind: 'multiline' })).isMultiline, true);
});

test('a select that must be chosen begins with no choice', () => {
  const select = (members) =>
    describeField(field({ kind: 'select', options: ['a', 'b'], default: '', ...members })).options;
  assert.deepEqual(
    select().map(({ text, isChosen }) => [text, isChosen]),
    [
      ['Choose…', true],
      ['a', false],
      ['b', false],
    ],
  );
  assert.deepEqual(
    select({ default: 'b' }).map(({ text }) => text),
    ['a', 'b'],
  );
  assert.deepEqual(
    select({ options: ['', 'a'] }).map(({ text }) => text),
    ['(none)', 'a'],
  );
});

test('what a run was given comes back as the text of a field', () => {
  assert.equal(fieldText('multiline', ['a', 'b']), 'a\nb');
  assert.equal(fieldText('multiline', { a: [1] }), '{\n  "a": [\n    1\n  ]\n}');
  assert.equal(fieldText('datetime', '2026-01-31T13:00:00+01:00'), '2026-01-31T12:00');
  assert.equal(fieldText('datetime', '2026-01-31T12:00:05'), '2026-01-31T12:00:05');
  assert.equal(fieldText('text', null), '');
});

test('a box that is not checked is sent too', () => {
  const fields = [describeField(field({ name: 'dry', kind: 'checkbox' })), describeField(field())];
  const form = new FormData();
  form.set('parameter-days', '5');
  assert.deepEqual(textsOf(fields, form), { dry: 'false', days: '5' });
  form.set('parameter-dry', 'on');
  assert.deepEqual(textsOf(fields, form), { dry: 'true', days: '5' });
});

test('a parameter of a program is JSON where it is JSON, and comes back as it was typed', () => {
  const values = { 5: 5, true: true, '[1, 2]': [1, 2], '"5"': '5', north: 'north', '': '', '007': '007' };
  for (const [text, value] of Object.entries(values)) assert.deepEqual(valueOfText(text), value, text);
  for (const value of [5, 1.5, null, true, [1], { a: 1 }, 'north', '5', 'true', '"quoted"', '', ' 5', '1.0']) {
    assert.deepEqual(valueOfText(textOfValue(value)), value);
  }
});

test('numbers that JavaScript cannot hold stay texts', () => {
  for (const text of ['1.0', '1e999']) assert.equal(valueOfText(text), text);
});

test('an order has what was filled in and nothing else', () => {
  assert.deepEqual(programOrder(typed()), {
    order: { program: 'true', language: 'shell', parameters: {}, secrets: [] },
    problems: {},
  });
  const rows = [row('days', '7'), row('key', '123', true), row('', '')];
  const { order } = programOrder(typed({ name: ' Night ', timeout: '1.5', rows }));
  assert.deepEqual([order.name, order.timeout], [' Night ', 1.5]);
  assert.deepEqual([order.parameters, order.secrets], [{ days: 7, key: '123' }, ['key']]);
});

test('what could not be sent is named at its field', () => {
  assert.match(programOrder(typed({ timeout: 'soon' })).problems.timeout, /seconds, not 'soon'/);
  assert.match(programOrder(typed({ rows: [row('', 'x')] })).problems.parameters, /no name/);
  assert.match(programOrder(typed({ rows: [row('a', '1'), row('a', '2')] })).problems.parameters, /a is there twice/);
});

test('a program can be edited and run again, with its secrets to be given anew', () => {
  const spec = {
    program: 'true',
    language: 'shell',
    timeout: null,
    parameters: { days: 7, text: '7' },
    secrets: ['key'],
  };
  const form = programForm(spec, 'Night');
  assert.deepEqual(form.rows, [row('days', '7'), row('text', '"7"'), row('key', '', true)]);
  assert.deepEqual([form.name, form.timeout], ['Night', '']);
});

test('a refusal stands at the field that it names', () => {
  const names = ['days', 'parameters', 'timeout'];
  const problems = { days: 'must be 1', other: 'is unknown' };
  assert.deepEqual(placeRefusal({ message: 'all of it', detail: { problems } }, names), {
    fields: { days: 'Must be 1' },
    notice: 'other is unknown',
  });
  const at = (parameter) => placeRefusal({ message: 'timeout is 0', detail: { parameter } }, names);
  assert.deepEqual(at('timeout'), { fields: { timeout: 'Timeout is 0' }, notice: '' });
  assert.deepEqual(Object.keys(at('parameters.key').fields), ['parameters']);
  assert.deepEqual(Object.keys(at('secrets').fields), ['parameters']);
  assert.deepEqual(at('attributes'), { fields: {}, notice: 'timeout is 0' });
  assert.deepEqual(placeRefusal({ message: 'no' }, names), { fields: {}, notice: 'no' });
});
