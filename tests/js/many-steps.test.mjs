import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { streamJob } from '../../static/quaero/js/log-stream.mjs';
import { install, newest, page, settle, uninstall } from './fakes.mjs';

const job = { id: 'j', status: 'running', last_line: 0 };
const step = (position, status = 'running') => ({ id: `s${position}`, position, name: `step ${position}`, status });
const many = Array.from({ length: 60 }, (_, position) => step(position));
const answering =
  (answers, requests = []) =>
  (url) => {
    if (url.includes('/logs')) return page([]);
    requests.push(url);
    return answers.shift();
  };

let stream;
let received;
function open() {
  received = [];
  stream = streamJob('j', { onStatus: (status) => received.push(status) });
  return stream;
}
const statuses = () => received.at(-1).steps.map(({ status }) => status);
afterEach(async () => {
  stream?.disconnect();
  await settle();
  uninstall();
});

test('callbacks get all steps though the server sends those alone that changed', () => {
  install();
  open();
  newest().send('status', { job, steps: many, steps_total: 60 });
  newest().send('status', { job, steps: [step(3, 'failed'), step(60)], steps_total: 61, partial: true });
  assert.deepEqual([received.at(-1).steps.length, statuses()[3], received.at(-1).steps_total], [61, 'failed', 61]);
  assert.equal(received[0].steps[5], received[1].steps[5]); // what did not change is the object that it was
});

test('a status that is not partial drops the steps that it does not have', () => {
  install();
  open();
  newest().send('status', { job, steps: many, steps_total: 60 });
  newest().send('status', { job, steps: [step(1)] });
  assert.deepEqual(received.at(-1).steps, [step(1)]);
});

test('polling asks for the steps that changed since the last page, and misses none', async () => {
  const requests = [];
  install(
    answering(
      [
        { ...job, revision: 7, steps: many, steps_total: 60 },
        { ...job, revision: 9, steps: [step(2, 'completed')], steps_total: 60, partial: true },
      ],
      requests,
    ),
  );
  open();
  newest().send('status', { job, steps: many.map(({ position }) => step(position, 'pending')), steps_total: 60 });
  stream.usePolling('chosen');
  await settle();
  stream.usePolling('chosen');
  await settle();
  assert.deepEqual(requests, ['/api/jobs/j', '/api/jobs/j?steps_since=7']);
  assert.deepEqual([statuses()[1], statuses()[2]], ['running', 'completed']);
});

test('polling reads all steps again when some of them are gone', async () => {
  install(
    answering([
      { ...job, revision: 7, steps: many, steps_total: 60 },
      { ...job, revision: 9, steps: [], steps_total: 59, partial: true },
      { ...job, revision: 9, steps: many.slice(1), steps_total: 59 },
    ]),
  );
  open();
  stream.usePolling('chosen');
  await settle();
  stream.usePolling('chosen');
  await settle();
  assert.equal(received.at(-1).steps.length, 59);
});
