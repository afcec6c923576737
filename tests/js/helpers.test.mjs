import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import * as asModule from '../../static/quaero/js/log-stream.mjs';

const { backoffDelay, buildQueryParams, formatTimestamp, levelClass } = asModule;

test('the library is a global, a CommonJS module and an ES module', () => {
  const exported = { ...asModule };
  const required = createRequire(import.meta.url)('../../static/quaero/js/log-stream.js');
  const names = ['createStream', 'createServiceStream', 'streamJob', 'streamService', 'LogStream', 'buildQueryParams'];
  for (const name of [...names, 'formatTimestamp', 'levelClass']) {
    assert.equal(typeof required[name], 'function', name);
    assert.equal(typeof exported[name], 'function', name);
    assert.equal(typeof globalThis.QuaeroLogs[name], 'function', name);
  }
});

test('empty filters leave no trace in the query', () => {
  assert.equal(buildQueryParams({ step: '', level: null, search: undefined, limit: 50 }), 'limit=50');
  assert.equal(buildQueryParams(), '');
});

test('zero is a value and not empty', () => assert.equal(buildQueryParams({ since: 0 }), 'since=0'));

test('filters are escaped', () => {
  assert.equal(buildQueryParams({ search: 'a&b=50% ü' }), 'search=a%26b%3D50%25+%C3%BC');
});

test('dates in filters become RFC 3339', () => {
  assert.equal(buildQueryParams({ from: new Date(0) }), 'from=1970-01-01T00%3A00%3A00.000Z');
});

test('timestamps show milliseconds of the reader’s own clock', () => {
  const moment = new Date(2024, 0, 2, 3, 4, 5, 67);
  assert.equal(formatTimestamp(moment.toISOString()), '03:04:05.067');
  assert.equal(formatTimestamp(moment.toISOString(), true), '2024-01-02 03:04:05.067');
});

test('microseconds are understood', () => {
  assert.match(formatTimestamp('2024-01-02T03:04:05.123456Z'), /:05\.123$/);
});

test('a timestamp that is none shows nothing', () => {
  assert.equal(formatTimestamp('soon'), '');
  assert.equal(formatTimestamp(null), '');
});

test('every level has its class, and an unknown one looks like info', () => {
  assert.equal(levelClass('warn'), 'log-level-warn');
  assert.equal(levelClass('"><script>'), 'log-level-info');
});

test('waits double from 1 to 16 seconds', () => {
  const waits = [1, 2, 3, 4, 5, 6].map((attempt) => backoffDelay(attempt, () => 0.5));
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16000, 16000]);
});

test('jitter spreads clients over the whole wait', () => {
  assert.equal(
    backoffDelay(1, () => 0),
    500,
  );
  assert.equal(
    backoffDelay(1, () => 1),
    1500,
  );
});
