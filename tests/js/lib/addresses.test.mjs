import assert from 'node:assert/strict';
import { test } from 'node:test';

import { address, api, jobApi, saidAddresses } from '../../../static/quaero/js/lib/addresses.mjs';

const SAID = JSON.stringify({ api: '/ops/logs/api/', job: '/ops/logs/jobs/{id}/' });
const pageOf = (dataset) => ({ document: { querySelector: () => dataset && { dataset } } });

test('a page says the addresses, and to a worker its name does', () => {
  assert.equal(saidAddresses(pageOf({ addresses: SAID })), SAID);
  assert.equal(saidAddresses({ name: JSON.stringify({ addresses: SAID }) }), SAID);
  assert.deepEqual([saidAddresses(pageOf(null)), saidAddresses({})], [null, null]);
});

test('an address is what the page says of it, with the id of a job in its place', () => {
  globalThis.document = pageOf({ addresses: SAID }).document;
  assert.equal(address('job', 'a b'), '/ops/logs/jobs/a%20b/');
  assert.equal(api('workers'), '/ops/logs/api/workers');
  assert.equal(jobApi('7', '/tree'), '/ops/logs/api/jobs/7/tree');
  assert.equal(address('unknown', '7'), '');
});
