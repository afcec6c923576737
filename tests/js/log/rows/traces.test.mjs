import assert from 'node:assert/strict';
import { test } from 'node:test';

import { foldIn } from '../../../../static/quaero/js/log/rows/traces.mjs';

const many = (count, line) => Array.from({ length: count }, (_, number) => line(number)).join('\n');
const TRACES = {
  python: `failed\nTraceback (most recent call last):\n${many(4, (n) => `  File "/a.py", line ${n}, in f\n    f()`)}\nKeyError: 'a'`,
  java: `java.lang.IllegalStateException: x\n${many(6, (n) => `\tat a.B.c(D.java:${n})`)}\nCaused by: java.io.IOException\n\tat a.B.c(D.java:1)\n\t... 12 more`,
  node: `Error: x\n${many(6, (n) => `    at f (/a.js:${n}:1)`)}`,
  '.net': `System.Exception: x\n ---> System.IO.IOException: y\n${many(6, (n) => `   at A.B() in /a.cs:line ${n}`)}\n   --- End of inner exception stack trace ---\n   at C.D()`,
  rust: `thread 'main' panicked\n${many(4, (n) => `   ${n}: a::b\n             at /a.rs:${n}:5`)}\nnote: run with more`,
  php: `Uncaught x\n${many(6, (n) => `#${n} /a.php(${n}): f()`)}\n#6 {main}`,
  go: `panic: x\n\ngoroutine 1 [running]:\n${many(5, (n) => `main.f(0x1)\n\t/a/main.go:${n} +0x1d`)}\nexit status 2`,
};
const parts = (text) => {
  const { from, to, lines } = foldIn(text);
  return [text.slice(0, from), text.slice(from, to), text.slice(to), lines];
};

test('of a trace its first lines and its last stay', () => {
  for (const [language, text] of Object.entries(TRACES)) {
    const [head, frames, tail, lines] = parts(text);
    assert.equal(head + frames + tail, text, language);
    assert.equal(frames.split('\n').length - 1, lines, language);
    assert.ok(lines >= 4 && head.split('\n').length >= 2, language);
    assert.ok(!head.endsWith('\n') && frames.startsWith('\n') && (tail === '' || tail.startsWith('\n')), language);
  }
  assert.match(parts(TRACES.python)[2], /^\nKeyError/);
  assert.match(parts(TRACES.go)[2], /exit status 2$/);
});

test('other texts of many lines are left as they are', () => {
  for (const text of [
    'a',
    many(50, (n) => `line ${n}`),
    many(50, (n) => `  indented ${n}`),
    many(50, (n) => `${n}: an item of a list`),
    many(50, (n) => `#${n} of another`),
    `x\n${many(2, () => '\tat a.B.c(D.java:1)')}`,
  ])
    assert.equal(foldIn(text), null);
});

test('a long trace says so', () => {
  assert.equal(foldIn(`Error: x\n${many(9, (n) => `    at f (/a.js:${n}:1)`)}`).isLong, false);
  assert.equal(foldIn(`Error: x\n${many(90, (n) => `    at f (/a.js:${n}:1)`)}`).isLong, true);
});
