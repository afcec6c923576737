import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { ansiTokens, paletteColor } from '../../static/js/log-ansi.mjs';

const Anser = createRequire(import.meta.url)('../../static/vendor/anser/index.js');
const tokens = (ansi, message) => ansiTokens(ansi, message, Anser);
const plain = (text) => [{ text, classNames: [], color: null, background: null }];

test('the sixteen colours become classes, which the theme colours', () => {
  const [first, second] = tokens('\x1b[31mred\x1b[0m rest', 'red rest');
  assert.deepEqual(first, { text: 'red', classNames: ['ansi-red-fg'], color: null, background: null });
  assert.deepEqual([second.text, second.classNames], [' rest', []]);
});

test('palette and true colours are exact', () => {
  assert.equal(tokens('\x1b[38;5;208mx', 'x')[0].color, 'rgb(255, 135, 0)');
  assert.equal(tokens('\x1b[48;2;1;2;3mx', 'x')[0].background, 'rgb(1, 2, 3)');
  assert.equal(tokens('\x1b[38:2::1:2:3mx', 'x')[0].color, 'rgb(1, 2, 3)');
});

test('decorations and colours stand together', () => {
  assert.deepEqual(tokens('\x1b[1;4;92mok', 'ok')[0].classNames, ['ansi-bright-green-fg', 'ansi-bold', 'ansi-underline']);
});

test('reset goes back to plain text', () => {
  assert.deepEqual(tokens('\x1b[41;1ma\x1b[mb', 'ab')[1].classNames, []);
});

test('titles, links and cursor moves leave nothing behind', () => {
  const noise = '\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\x1b[2K\x1b(B';
  assert.deepEqual(tokens(noise, 'link').map((token) => token.text).join(''), 'link');
});

test('markup is only text', () => {
  const text = '<img src=x onerror=alert(1)>';
  assert.equal(tokens(`\x1b[31m${text}\x1b[0m`, text)[0].text, text);
});

test('when colours and message disagree, the stored message is shown', () => {
  assert.deepEqual(tokens('\x1b[31mharmless', 'rm -rf /'), plain('rm -rf /'));
  assert.deepEqual(tokens('\x1b[31', 'x'), plain('x'));
});

test('greys and the corners of the colour cube', () => {
  assert.equal(paletteColor(16), 'rgb(0, 0, 0)');
  assert.equal(paletteColor(231), 'rgb(255, 255, 255)');
  assert.equal(paletteColor(232), 'rgb(8, 8, 8)');
  assert.equal(paletteColor(255), 'rgb(238, 238, 238)');
});
