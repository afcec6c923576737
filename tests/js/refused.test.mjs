import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { streamJob } from '../../static/quaero/js/log-stream.mjs';
import { install, newest, opened, page, pass, settle, uninstall } from './fakes.mjs';

let stream;
afterEach(async () => {
  stream?.disconnect();
  await settle();
  uninstall();
});

const loseTheRight = async () => {
  newest().send('logs', page([1]), 1);
  newest().send('refused', { error: 'you have signed out', code: 'signed_out', detail: {} });
  await settle();
};

test('a right that is lost is Refused, with the words of the server, and not tried again', async () => {
  install(() => [401, { error: 'sign in' }, {}]);
  stream = streamJob('j');
  await loseTheRight();
  await pass(120000);
  const { state, reason, error } = stream.getState();
  assert.deepEqual(
    [state, reason, error.status, opened().length, newest().isClosed],
    ['Refused', 'sign in', 401, 1, true],
  );
});

test('a reader who has signed in again elsewhere goes on where the stream was', async () => {
  install();
  stream = streamJob('j');
  await loseTheRight();
  await pass(1000);
  assert.match(newest().url, /since=1$/);
  assert.equal(opened().length, 2);
});

test('a page that does not reconnect is refused at once', async () => {
  install();
  stream = streamJob('j', { autoReconnect: false });
  await loseTheRight();
  const { state, reason } = stream.getState();
  assert.deepEqual([state, reason], ['Refused', 'you have signed out']);
});
