import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import {
  CHOICES,
  DEFAULTS,
  checked,
  lookWords,
  settings,
  valueOfControl,
} from '../../../../static/quaero/js/log/rows/settings.mjs';

afterEach(() => delete globalThis.localStorage);

test('what a browser has kept and is not allowed is as without a choice', () => {
  assert.deepEqual(checked({ time: 'delta', size: 99, wrap: 'no', level: false, other: 1 }), {
    ...DEFAULTS,
    time: 'delta',
    level: false,
  });
  assert.deepEqual(checked(null), DEFAULTS);
});

test('every choice is one that a control can make', () => {
  for (const [name, values] of Object.entries(CHOICES)) {
    for (const value of values) {
      const control = {
        type: typeof value === 'boolean' ? 'checkbox' : 'select-one',
        checked: value,
        value: `${value}`,
      };
      assert.equal(valueOfControl(name, control), value, name);
    }
  }
});

test('the stylesheet hears of what differs', () => {
  assert.equal(lookWords(DEFAULTS), 'time-absolute comfortable no-stream');
  assert.equal(
    lookWords({ ...DEFAULTS, dates: true, wrap: false, line: false }),
    'time-absolute dates unwrapped comfortable no-line no-stream',
  );
  assert.doesNotMatch(lookWords({ ...DEFAULTS, dates: true, time: 'delta' }), /dates/);
});

test('a change reaches all logs of the page, and the browser keeps it', () => {
  const kept = new Map();
  globalThis.localStorage = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => kept.set(name, text),
  };
  const heard = [];
  const stop = settings.subscribe((now, name) => heard.push([name, now[name]]));
  settings.set('zone', 'UTC');
  stop();
  settings.set('size', 16);
  assert.deepEqual(heard, [['zone', 'UTC']]);
  assert.deepEqual(JSON.parse([...kept.values()][0]), { ...DEFAULTS, zone: 'UTC', size: 16 });
});

test('what another tab chose is announced, each setting that changed and no other', () => {
  const stored = {};
  globalThis.localStorage = { getItem: (name) => stored[name] ?? null, setItem: () => {} };
  settings.recall();
  const heard = [];
  const stop = settings.subscribe((now, name) => heard.push([name, now[name]]));
  stored['quaero.rows'] = JSON.stringify({ zone: 'UTC', size: 16 });
  settings.recall();
  settings.recall();
  stop();
  assert.deepEqual(heard, [
    ['zone', 'UTC'],
    ['size', 16],
  ]);
});
