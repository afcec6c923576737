import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  NO_FILTERS,
  areFiltering,
  readFilters,
  withoutFilter,
  writeFilters,
} from '../../../../static/quaero/js/log/filters/address.mjs';

test('an address without filters means none', () => assert.deepEqual(readFilters(''), NO_FILTERS));

test('no filters leave the address as it is', () => assert.equal(writeFilters(NO_FILTERS), ''));

test('every filter survives the address', () => {
  const filters = { step: 'f00', level: 'warn', stream: 'stderr', search: 'a&b=50% ü', limit: 250, children: '1' };
  assert.deepEqual(readFilters(writeFilters(filters)), filters);
});

test('a mistyped address is no error', () => {
  assert.deepEqual(readFilters('?level=loud&stream=9&limit=abc&other=1&children=yes'), NO_FILTERS);
  assert.equal(readFilters('?limit=99999').limit, 100);
});

test('limit and children leave nothing out and are no filters', () => {
  assert.equal(areFiltering({ ...NO_FILTERS, limit: 50, children: '1' }), false);
  assert.equal(areFiltering({ ...NO_FILTERS, search: 'x' }), true);
});

const KNOWN = ['level', 'from', 'source', 'fields.NAME'];

test('a filter that the page has no control for survives the address too', () => {
  const filters = readFilters('?fields.http.status=500&source=app.db&level=warn&other=1&fields=x&from=', KNOWN);
  assert.deepEqual(filters, { ...NO_FILTERS, level: 'warn', 'fields.http.status': '500', source: 'app.db' });
  assert.deepEqual(readFilters(writeFilters(filters), KNOWN), filters);
  assert.equal(areFiltering({ ...NO_FILTERS, source: 'app' }), true);
});

test('a filter can be removed, one with a control is left empty', () => {
  const filters = readFilters('?source=app.db&level=warn', KNOWN);
  assert.deepEqual(withoutFilter(withoutFilter(filters, 'source'), 'level'), NO_FILTERS);
});
