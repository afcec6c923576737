import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionAt, scrollTopAt, spacerHeight } from '../../../../static/quaero/js/log/window/geometry.mjs';

const logs = [2001, 30_000, 1_000_000, 50_000_000].map((count) => ({ count, rowHeight: 20, viewHeight: 700 }));

test('the spacer is as high as all rows, or as browsers allow', () => {
  assert.deepEqual(logs.map(spacerHeight), [40_020, 600_000, 8_000_000, 8_000_000]);
});

for (const log of logs) {
  const range = spacerHeight(log) - log.viewHeight;
  const last = log.count - log.viewHeight / log.rowHeight;

  test(`the ends of the bar are the ends of ${log.count} entries`, () => {
    assert.equal(positionAt(0, log), 0);
    assert.equal(positionAt(range, log), last);
    assert.equal(scrollTopAt(0, log), 0);
    assert.equal(scrollTopAt(last, log), range);
  });

  test(`the bar of ${log.count} entries stands where it was put, but never at an end that is not one`, () => {
    for (let scrollTop = 0; scrollTop <= range; scrollTop += range / 997) {
      const back = scrollTopAt(positionAt(scrollTop, log), log);
      assert.ok(Math.abs(back - scrollTop) <= 4 * log.viewHeight + 1);
    }
    for (const position of [1, 30, 140, last / 2, last - 140, last - 1]) {
      const scrollTop = scrollTopAt(position, log);
      const above = Math.min(position * 20, 2800);
      assert.ok(scrollTop >= above - 1e-6, `${position} rows are above`);
      assert.ok(range - scrollTop >= Math.min((last - position) * 20, 2800) - 1e-6, 'and those below');
    }
  });
}

test('a log that fits has no way to go', () => {
  const log = { count: 3, rowHeight: 20, viewHeight: 700 };
  assert.equal(positionAt(0, log), 0);
  assert.equal(scrollTopAt(0, log), 0);
});
