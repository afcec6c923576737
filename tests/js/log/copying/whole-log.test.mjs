import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { TooLong, readWhole } from '../../../../static/quaero/js/log/copying/whole-log.mjs';

const { fetch } = globalThis;

function answer(...arguments_) {
  globalThis.fetch = async () => new Response(...arguments_);
}

afterEach(() => {
  globalThis.fetch = fetch;
});

test('a log is read whole, and characters are not cut between its parts', async () => {
  const bytes = new TextEncoder().encode('\ufeffgrün\n');
  const parts = [...bytes].map((byte) => Uint8Array.of(byte));
  answer(ReadableStream.from(parts));
  const sizes = [];
  assert.equal(await readWhole('x', { onProgress: (size) => sizes.push(size) }), '\ufeffgrün\n');
  assert.equal(sizes.at(-1), bytes.length);
});

test('one that is too long is not read to its end', async () => {
  let isCancelled = false;
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    cancel: () => {
      isCancelled = true;
    },
  });
  answer(endless);
  await assert.rejects(readWhole('x', { onProgress() {}, most: 10_000 }), TooLong);
  assert.ok(isCancelled);
});

test('a refusal is one', async () => {
  answer('{"error": "no", "code": "gone", "detail": {}}', { status: 404 });
  await assert.rejects(readWhole('x', { onProgress() {} }), { status: 404, code: 'gone' });
});
