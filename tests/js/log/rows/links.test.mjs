import assert from 'node:assert/strict';
import { test } from 'node:test';

import { linksIn, webAddress } from '../../../../static/quaero/js/log/rows/links.mjs';

const addresses = (text) =>
  linksIn(text).map(({ start, end, href }) => {
    assert.equal(text.slice(start, end), href);
    return href;
  });

test('an address ends where its reader would end it', () => {
  const texts = {
    'see https://a.org/b?c=1&d=%20#e.': ['https://a.org/b?c=1&d=%20#e'],
    '(http://a.org/b_(c)), or [http://a.org/d]; "http://a.org/e"': [
      'http://a.org/b_(c)',
      'http://a.org/d',
      'http://a.org/e',
    ],
    'HTTP://A.ORG! <https://b.org:8080/>, {"url":"http://c.org/x"}': [
      'HTTP://A.ORG',
      'https://b.org:8080/',
      'http://c.org/x',
    ],
    'url=http://[::1]:80/x http://täst.de/ä http://a.org。次': [
      'http://[::1]:80/x',
      'http://täst.de/ä',
      'http://a.org',
    ],
    'http://a.org...?!': ['http://a.org'],
  };
  for (const [text, expected] of Object.entries(texts)) assert.deepEqual(addresses(text), expected, text);
});

test('nothing else is an address', () => {
  for (const text of [
    'javascript:alert(1)//http',
    'ftp://a.org file:///etc/passwd data:text/html,x',
    'xhttp://a.org',
    'http:// https://. http://)',
    'http://%zz/',
  ])
    assert.deepEqual(addresses(text), [], text);
  for (const address of ['javascript:alert(1)', 'http:', 'https://', '//a.org', ' http://a.org', 'http://a b/'])
    assert.equal(webAddress(address), '', address);
});

test('what is not seen or turns text around ends an address', () => {
  for (const hidden of ['\u202e', '\u200b', '\u0007', '\u00ad', '\ufeff'])
    assert.deepEqual(addresses(`http://a.org/b${hidden}c`), ['http://a.org/b']);
});

test('however long a text is and whatever is in it, its addresses are few', () => {
  for (const piece of ['http://', 'http://a.org ', 'http://a)', '://'])
    assert.ok(linksIn(piece.repeat((1 << 20) / piece.length)).length <= 500);
  assert.deepEqual(addresses(`http://a.org/${'x'.repeat(5000)} http://b.org`), ['http://b.org']);
});
