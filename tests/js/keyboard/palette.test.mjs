import assert from 'node:assert/strict';
import { test } from 'node:test';

import { offered } from '../../../static/quaero/js/keyboard/palette.mjs';

const JOBS = [{ words: 'Copy of a job' }];
const ACTIONS = [{ words: 'Follow' }, { words: 'Copy link' }];
const words = (query) => offered(query, JOBS, ACTIONS).map((option) => option.words);

test('the newest jobs come first, and behind what is typed when they come late', () => {
  assert.deepEqual(words(''), ['Copy of a job', 'Follow', 'Copy link']);
  assert.deepEqual(words('copy'), ['Copy link', 'Copy of a job']);
});

test('jobs are those that the server found, by whatever it looks at', () =>
  assert.deepEqual(words('zzz'), ['Copy of a job']));
