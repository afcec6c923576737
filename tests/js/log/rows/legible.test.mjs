import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contrast, textColor } from '../../../../static/quaero/js/log/rows/legible.mjs';
import { paletteColor } from '../../../../static/quaero/js/log/rows/sgr.mjs';

const palette = Array.from({ length: 256 }, (_, index) => paletteColor(index));

test('text on any colour of the palette can be read, in a colour of its own or without', () => {
  for (const ground of palette)
    for (const own of [null, palette[9], palette[21], palette[244], palette[255]])
      assert.ok(contrast(ground, textColor(ground, own, [])) >= 4.5, `${own} on ${ground}`);
});

test('a colour that can be read stays', () => {
  assert.equal(textColor('rgb(0, 0, 0)', 'rgb(255, 255, 0)', []), 'rgb(255, 255, 0)');
  assert.equal(textColor('rgb(0, 0, 0)', null, ['ansi-bold', 'ansi-bright-yellow-fg']), 'rgb(255, 255, 0)');
  assert.equal(textColor('rgb(255, 255, 255)', null, ['ansi-bright-yellow-fg']), 'rgb(0, 0, 0)');
  assert.equal(contrast('rgb(0, 0, 0)', 'rgb(255, 255, 255)'), 21);
});
