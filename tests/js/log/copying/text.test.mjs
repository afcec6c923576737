import assert from 'node:assert/strict';
import { test } from 'node:test';

import { markdownOf, fenceFor } from '../../../../static/quaero/js/log/copying/markdown.mjs';
import { USUAL_PARTS, lineText, linesText } from '../../../../static/quaero/js/log/copying/text.mjs';

const ENTRY = {
  line: 7,
  timestamp: new Date(2026, 0, 31, 14, 3, 11, 120).toISOString(),
  level: 'warn',
  job_name: 'Nightly',
  step_name: 'Load',
  source: 'app.db',
  message: 'tab\there \u202e\u0007 end',
  fields: { shop: 7 },
};

test('a copied line is what the row shows, each character of it', () =>
  assert.equal(lineText(ENTRY, USUAL_PARTS), '14:03:11.120 WARN Load app.db tab\there \u202e\u0007 end shop=7'));

test('numbers come with it, and times and origins go, as the reader likes', () => {
  const bare = { numbers: false, times: false, origins: false };
  assert.equal(lineText(ENTRY, bare), ENTRY.message);
  assert.equal(lineText(ENTRY, { ...bare, numbers: true }), `7 ${ENTRY.message}`);
});

test('lines of several jobs name theirs, and have no numbers', () => {
  const text = lineText(
    { ...ENTRY, step_name: null, source: '' },
    { ...USUAL_PARTS, numbers: true },
    { showsJob: true },
  );
  assert.equal(text, `14:03:11.120 WARN Nightly ${ENTRY.message} shop=7`);
});

test('lines stand one below the other, empty ones too', () => {
  const bare = { numbers: false, times: false, origins: false };
  assert.equal(linesText([ENTRY, { ...ENTRY, message: '', fields: null }, ENTRY], bare).split('\n').length, 3);
});

test('no text ends the block that it stands in', () => {
  assert.equal(fenceFor('plain'), '```');
  assert.equal(fenceFor('a ```` b ``'), '`````');
  const markdown = markdownOf('```\nx', 'a [job]\n`x`', 'http://h/jobs/1/#L1-L2');
  assert.equal(markdown, '[a \\[job\\] \\`x\\`](<http://h/jobs/1/#L1-L2>)\n\n````text\n```\nx\n````\n');
});
