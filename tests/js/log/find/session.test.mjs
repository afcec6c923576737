import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FindSession } from '../../../../static/quaero/js/log/find/session.mjs';

/** Answers as the server does, of a log in which the entries with these ids match. */
function serverOf(ids) {
  const asked = [];
  const stream = {
    async countMatches({ up_to: upTo, signal }) {
      asked.push('count');
      signal.throwIfAborted();
      return { total: ids.length, rank: upTo && ids.filter((id) => id <= upTo).length };
    },
    async findMatches({ since = -1, at = 0, before, limit, signal }) {
      asked.push('find');
      signal.throwIfAborted();
      const after = ids.filter((id) => id > since && id >= at);
      const found = before === undefined ? after : after.filter((id) => id < before);
      const some = before === undefined ? found.slice(0, limit) : found.slice(-limit);
      return { matches: some.map((id) => ({ id, spans: [[0, 1]] })), has_more: some.length < found.length };
    },
  };
  return { stream, asked, ids };
}

const sessionOn = ({ stream }) => new FindSession(stream, { find: 'x' });

test('a search begins at the first match in sight, and behind the last one is the first', async () => {
  const session = sessionOn(serverOf([10, 20, 30]));
  assert.equal((await session.begin(20)).id, 20);
  assert.equal((await session.next()).id, 30);
  assert.equal((await session.next()).id, 10);
  assert.equal((await session.begin(31)).id, 10);
});

test('before the first match is the last one', async () => {
  const session = sessionOn(serverOf([10, 20, 30]));
  await session.begin(10);
  assert.equal((await session.previous()).id, 30);
  assert.equal((await session.previous()).id, 20);
});

test('the rank goes on with the reader once it was counted', async () => {
  const session = sessionOn(serverOf([10, 20, 30]));
  await session.begin(20);
  await session.count();
  assert.deepEqual([session.rank, session.total], [2, 3]);
  await session.next();
  assert.equal(session.rank, 3);
  await session.next();
  assert.equal(session.rank, 1);
  await session.previous();
  assert.equal(session.rank, 3);
});

test('a thousand matches are visited in order, both ways, in few requests', async () => {
  const ids = Array.from({ length: 1000 }, (_, place) => 3 * place + 5);
  const server = serverOf(ids);
  const session = sessionOn(server);
  const seen = [(await session.begin(0)).id];
  for (let each = 1; each < ids.length; each += 1) seen.push((await session.next()).id);
  assert.deepEqual(seen, ids);
  const back = [];
  for (let each = 1; each < ids.length; each += 1) back.unshift((await session.previous()).id);
  assert.deepEqual(back, ids.slice(0, -1));
  assert.ok(server.asked.length < 60, String(server.asked.length));
});

test('a log that grows has more matches behind the last one', async () => {
  const server = serverOf([10]);
  const session = sessionOn(server);
  await session.begin(0);
  await session.count();
  server.ids.push(40);
  assert.equal((await session.next()).id, 40);
  await session.count();
  assert.deepEqual([session.rank, session.total], [2, 2]);
});

test('where nothing matches there is no match', async () => {
  const session = sessionOn(serverOf([]));
  assert.equal(await session.begin(5), null);
  assert.equal(await session.next(), null);
  assert.equal(await session.previous(), null);
});

test('a closed search gives up what it asked for', async () => {
  const session = sessionOn(serverOf([10]));
  session.close();
  await assert.rejects(session.begin(0), { name: 'AbortError' });
});
