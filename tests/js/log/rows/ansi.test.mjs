import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { ansiTokens } from '../../../../static/quaero/js/log/rows/ansi.mjs';
import { paletteColor } from '../../../../static/quaero/js/log/rows/sgr.mjs';

const Anser = createRequire(import.meta.url)('../../../../static/quaero/vendor/anser/index.js');
const tokens = (ansi, message) => ansiTokens(ansi, message, Anser);
const shown = (ansi, message) => tokens(ansi, message).map(({ text, classNames }) => [text, classNames.join(' ')]);
const looks = (ansi) => tokens(`${ansi}x`, 'x')[0];
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
  assert.deepEqual(tokens('\x1b[1;4;92mok', 'ok')[0].classNames, [
    'ansi-bright-green-fg',
    'ansi-bold',
    'ansi-underline',
  ]);
});

test('reset goes back to plain text', () => {
  assert.deepEqual(tokens('\x1b[41;1ma\x1b[mb', 'ab')[1].classNames, []);
});

test('titles, links and cursor moves leave nothing behind', () => {
  const noise = '\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\x1b[2K\x1b(B';
  assert.deepEqual(
    tokens(noise, 'link')
      .map((token) => token.text)
      .join(''),
    'link',
  );
});

test('what is no colour is passed over and costs none', () => {
  const noise = [
    '\x1b[K',
    '\x1b[1G',
    '\x1b[2;5H',
    '\x1b[?25l',
    '\x1b[>4;2m',
    '\x1b[0 q',
    '\x1b[!p',
    '\x1b]8;;file:///x\x07',
    '\x1b_a\x07',
    '\x1bPq\x1b\\',
    '\x1b=',
    '\x1b#8',
  ];
  for (const sequence of noise) {
    assert.deepEqual(
      shown(`\x1b[1;31m${sequence}no${sequence}w\x1b[m${sequence} go`, 'now go'),
      [
        ['now', 'ansi-red-fg ansi-bold'],
        [' go', ''],
      ],
      sequence,
    );
  }
});

test('a hidden link keeps its text and the colours around it', () => {
  assert.deepEqual(shown('\x1b[32m\x1b]8;id=1;file:///a\x1b\\a.c\x1b]8;;\x1b\\:1\x1b[0m', 'a.c:1'), [
    ['a.c:1', 'ansi-green-fg'],
  ]);
});

test('every style of underline is an underline, and its colour is no other attribute', () => {
  for (const style of [
    '4',
    '4:1',
    '4:2',
    '4:3',
    '4:4',
    '4:5',
    '21',
    '4;58;5;1',
    '58:5:1;4',
    '58;2;1;2;3;4',
    '58:2::1:2:3;4',
    '4:3;59',
  ]) {
    assert.deepEqual(looks(`\x1b[${style}m`).classNames, ['ansi-underline'], style);
  }
  assert.deepEqual(looks('\x1b[4:3;58:2::1:2:3m').underline, { style: 'wavy', color: 'rgb(1, 2, 3)' });
  assert.deepEqual(looks('\x1b[21m').underline, { style: 'double', color: null });
  for (const plainOne of ['4', '4:1', '58;5;1', '4:3;4:1', '4;58;5;1;59', '4:3;24'])
    assert.equal(looks(`\x1b[${plainOne}m`).underline, undefined);
  assert.deepEqual(shown('\x1b[4:3ma\x1b[4:0mb', 'ab'), [
    ['a', 'ansi-underline'],
    ['b', ''],
  ]);
});

test('a style or a colour of the underline that changes begins another token', () => {
  const styles = tokens('\x1b[4ma\x1b[4:3mb\x1b[58;5;196mc', 'abc').map(({ text, underline }) => [
    text,
    underline?.style,
    underline?.color,
  ]);
  assert.deepEqual(styles, [
    ['a', undefined, undefined],
    ['b', 'wavy', null],
    ['c', 'wavy', 'rgb(255, 0, 0)'],
  ]);
});

test('colours are read with colons and with semicolons, and those that are none are passed over', () => {
  const colors = {
    '38;5;196': 'rgb(255, 0, 0)',
    '38:5:196': 'rgb(255, 0, 0)',
    '38;2;1;2;3': 'rgb(1, 2, 3)',
    '38:2:1:2:3': 'rgb(1, 2, 3)',
    '38:2::1:2:3': 'rgb(1, 2, 3)',
    '38:2:0:1:2:3': 'rgb(1, 2, 3)',
  };
  for (const [code, color] of Object.entries(colors))
    assert.deepEqual(
      [looks(`\x1b[1;${code};3m`).color, looks(`\x1b[1;${code};3m`).classNames],
      [color, ['ansi-bold', 'ansi-italic']],
      code,
    );
  for (const code of ['38', '38;5', '38;5;256', '38;2;1;2', '38;2;1;2;300', '38:2:1:2', '48:7:1', '38:5']) {
    assert.deepEqual([looks(`\x1b[${code}m`).color, looks(`\x1b[${code}m`).classNames], [null, []], code);
  }
  assert.deepEqual(looks('\x1b[38;5;9m').classNames, ['ansi-bright-red-fg']);
  assert.deepEqual(looks('\x1b[38:5:1;48:5:2m').classNames, ['ansi-red-fg', 'ansi-green-bg']);
});

test('every attribute ends by its own number, however often it began', () => {
  const ends = {
    1: 22,
    2: 22,
    '1;2': 22,
    3: 23,
    4: 24,
    21: 24,
    5: 25,
    6: 25,
    7: 27,
    8: 28,
    9: 29,
    31: 39,
    42: 49,
    97: 39,
    107: 49,
    53: 55,
  };
  for (const [begin, end] of Object.entries(ends)) {
    const [on, off] = tokens(`\x1b[${begin};${begin}ma\x1b[${begin}m\x1b[${end}mb`, 'ab');
    assert.ok(on.classNames.length > 0, begin);
    assert.deepEqual(off.classNames, [], begin);
  }
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

test('a link of its program leads to the web or nowhere', () => {
  const linked = (address) => tokens(`a \x1b]8;id=1;${address}\x1b\\\x1b[31mb\x1b[0mc\x1b]8;;\x07 d`, 'a bc d');
  const hrefs = (address) => linked(address).map(({ text, href }) => [text, href]);
  const address = 'https://a.org/b?c';
  assert.deepEqual(hrefs(address), [
    ['a ', undefined],
    ['b', address],
    ['c', address],
    [' d', undefined],
  ]);
  assert.deepEqual(linked(address)[1].classNames, ['ansi-red-fg']);
  for (const other of ['javascript:alert(1)', 'file:///etc/passwd', 'http://', ''])
    assert.ok(
      hrefs(other).every(([, href]) => href === undefined),
      other,
    );
});

test('of a text with very many colours the first ones are shown, and the whole text', () => {
  const ansi = Array.from({ length: 10_000 }, (_, number) => `\x1b[3${number % 8}mx`).join('');
  const all = tokens(ansi, 'x'.repeat(10_000));
  assert.equal(all.length, 2001);
  assert.equal(all.map(({ text }) => text).join(''), 'x'.repeat(10_000));
  assert.deepEqual(tokens(ansi, 'y'.repeat(10_000)), plain('y'.repeat(10_000)));
});

test('of a long text only what is asked for is read', () => {
  const ansi = `\x1b[31m${'x'.repeat(100)}\x1b[32m${'y'.repeat(100)}\x1b[33mz`;
  const message = `${'x'.repeat(100)}${'y'.repeat(100)}z`;
  assert.deepEqual(
    ansiTokens(ansi, message, Anser, 50).map(({ text, classNames }) => [text.length, classNames.join()]),
    [
      [100, 'ansi-red-fg'],
      [101, ''],
    ],
  );
});
