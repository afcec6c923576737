import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NO_FILTERS } from '../../../../static/quaero/js/log/filters/address.mjs';
import { chipsOf, nothingText, refusedFilters } from '../../../../static/quaero/js/log/filters/chips.mjs';

const said = { stepNameOf: (id) => ({ f00: 'Load' })[id] };
const words = (filters) => chipsOf({ ...NO_FILTERS, ...filters }, said).map((chip) => chip.words);

test('every filter that leaves lines out is a chip, and says what it is', () => {
  const filters = { limit: 50, children: '1', step: 'f00', level: 'warn', search: 'a b', 'fields.shop': '7' };
  assert.deepEqual(words(filters), ['step: Load ✕', 'level: warn and above ✕', 'text: a b ✕', 'fields.shop: 7 ✕']);
  assert.deepEqual(words({ first_line: '10', last_line: '25' }), ['first line: 10 ✕', 'last line: 25 ✕']);
});

test('a time is shown as the log shows it, and what is none as it was given', () => {
  const moment = new Date(2026, 0, 31, 14, 3, 11).toISOString();
  assert.deepEqual(words({ from: moment, to: 'soon' }), ['from: 2026-01-31 14:03:11.000 ✕', 'to: soon ✕']);
});

test('a long value is cut, its title says all of it', () => {
  const [chip] = chipsOf({ source: 'x'.repeat(200) }, said);
  assert.equal(chip.words.length, 'source: '.length + 60 + 2);
  assert.ok(chip.title.endsWith('x'.repeat(200)));
});

test('what the server refuses is said at its chip', () => {
  const error = { status: 400, detail: { problems: { from: "is 'soon': it must be a time" } } };
  const chips = chipsOf({ source: 'a', from: 'soon' }, said, refusedFilters(error));
  assert.deepEqual(
    chips.map(({ chipClass, problem }) => [chipClass, problem]),
    [
      ['', ''],
      ['chip-refused', "is 'soon': it must be a time"],
    ],
  );
  assert.deepEqual(refusedFilters({ status: 404, detail: { problems: { from: 'x' } } }), {});
  assert.deepEqual(refusedFilters(null), {});
});

test('a filter that hides everything is named', () => {
  const chips = chipsOf({ source: 'x' }, said);
  assert.equal(nothingText(12345, chips), 'No line of 12,345 matches the filter “source: x”.');
  assert.equal(nothingText(2, [...chips, ...chips]), 'No line of 2 matches these filters together.');
});
