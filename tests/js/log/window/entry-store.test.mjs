// The store of a log's entries against a log that holds everything: whatever a reader does and whatever comes meanwhile,
// each place has the right entry, and what is held is bounded.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { EntryStore } from '../../../../static/quaero/js/log/window/entry-store.mjs';
import { settle } from '../../fakes.mjs';

const MOST = 10_000;

/** Numbers from a seed: a failure comes again. */
function randomOf(seed) {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

/** A log with all its entries, read as the page endpoint reads. */
class Log {
  constructor(count, random = () => 0) {
    this.random = random;
    this.entries = [];
    this.requests = [];
    this.fail = null;
    this.write(count);
  }

  write(count) {
    const written = Array.from({ length: count }, () => this.next());
    for (const entry of written) this.entries.push(entry);
    return written;
  }

  next() {
    this.newestId = (this.newestId ?? 0) + 1 + this.random(3); // others write as well
    this.newestLine = (this.newestLine ?? 0) + 1;
    return { id: this.newestId, line: this.newestLine, message: `line ${this.newestLine}` };
  }

  prune(count) {
    this.entries.splice(0, count);
  }

  async readPage({ since, before, offset, limit, signal }) {
    this.requests.push({ since, before, offset, limit });
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted || this.fail) throw this.fail ?? new Error('aborted');
    const { entries } = this;
    const most = Math.min(this.most ?? limit, Math.max(1, limit - this.random(4) * this.random(100))); // or at 1 MiB
    let from = offset ?? entries.findIndex(({ id }) => id > since);
    let to = Math.min(entries.length, from + most);
    if (before !== undefined) {
      to = entries.findIndex(({ id }) => id >= before);
      if (to < 0) to = entries.length;
      from = Math.max(0, to - most);
    } else if (from < 0) from = to = entries.length;
    return { logs: entries.slice(from, to), meta: { has_more: from > 0 && to > from } };
  }
}

function storeOf(log, shown = 100) {
  const store = new EntryStore({ readPage: (page) => log.readPage(page) });
  const tail = log.entries.slice(-shown);
  store.append(tail, { matching: log.entries.length, hasOlder: log.entries.length > tail.length });
  return store;
}

/** Lets everything happen that was asked for, pauses of the scroll bar too. */
async function rest() {
  for (let turn = 0; turn < 6; turn += 1) {
    mock.timers.tick(100);
    await settle();
  }
}

function check(store, log) {
  const shift = store.end - log.entries.length; // the place of the log's first entry
  const seen = new Set();
  for (let place = store.first; place < store.end; place += 1) {
    const entry = store.at(place);
    if (!entry) continue;
    assert.equal(entry, log.entries[place - shift], `place ${place}`);
    assert.ok(!seen.has(entry.id), `${entry.id} is there twice`);
    assert.equal(store.placeOf(entry.id), place);
    seen.add(entry.id);
  }
  assert.ok(seen.size <= MOST);
  return seen.size;
}

test.beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
test.afterEach(() => mock.timers.reset());

test('a log of any length is read where it is needed', async () => {
  const log = new Log(50_000);
  const store = storeOf(log);
  assert.equal(store.size, 50_000);
  for (const place of [store.first, store.first + 25_000, store.end - 60]) {
    store.need(place, place + 50);
    await rest();
    assert.equal(store.at(place).line, place - store.first + 1);
    check(store, log);
  }
  assert.ok(log.requests.length <= 6);
});

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`whatever a reader does, each place has its entry (${seed})`, async () => {
    const random = randomOf(seed);
    const log = new Log(3000 + random(30_000), random);
    const store = storeOf(log);
    let place = store.end;
    for (let step = 0; step < 60; step += 1) {
      const act = random(10);
      if (act < 4) place += random(900) - 450;
      else if (act < 6) place = store.first + random(store.size);
      else if (act < 7) place = [store.first, store.end - 50][random(2)];
      else if (act < 9) store.append(log.write(random(1500)), { matching: log.entries.length, hasOlder: true });
      else await settle();
      place = Math.max(store.first, Math.min(store.end - 1, place));
      store.need(place - 60, place + 60);
      if (random(2)) {
        await rest();
        assert.ok(store.at(place), `place ${place} was asked for`);
      }
      check(store, log);
    }
  });
}

test('what a reader is far from is let go of, and read again', async () => {
  const log = new Log(60_000);
  const store = storeOf(log);
  for (let place = store.end - 100; place >= store.first; place -= 300) {
    store.need(place, place + 100);
    await rest();
  }
  assert.ok(check(store, log) > MOST - 1000);
  assert.equal(store.at(store.end - 2000), undefined);
  assert.ok(store.at(store.end - 1), 'the newest stay');
  store.need(store.end - 2000, store.end - 1900);
  await rest();
  assert.equal(store.at(store.end - 2000).line, 58_001);
});

test('live entries move only the end while the reader is away from it', async () => {
  const log = new Log(3000);
  const store = storeOf(log);
  store.need(store.first, store.first + 100);
  await rest();
  for (let batch = 0; batch < 300; batch += 1) {
    store.append(log.write(100), { matching: log.entries.length, hasOlder: true });
  }
  check(store, log);
  assert.equal(store.size, 33_000);
  assert.equal(store.at(store.first).line, 1);
  assert.equal(store.at(store.end - 1).line, 33_000);
});

test('entries at the end are no change of the others, and whatever else happens is', async () => {
  const log = new Log(300);
  const store = storeOf(log, 100);
  const before = store.changes;
  store.append(log.write(50), { matching: 350, hasOlder: true });
  assert.equal(store.changes, before);
  store.need(store.first, store.end);
  await rest();
  const whole = store.changes;
  assert.notEqual(whole, before);
  log.prune(10);
  store.append(log.write(1), { matching: 341, hasOlder: true });
  await rest();
  assert.notEqual(store.changes, whole);
});

test('long lines count by their length', () => {
  const log = new Log(200);
  for (const entry of log.entries) entry.message = 'x'.repeat(2 ** 20);
  const store = storeOf(log, 200);
  store.need(store.end - 3, store.end);
  store.append([], { matching: 200, hasOlder: false });
  assert.ok(check(store, log) <= 16);
  assert.ok(store.at(store.end - 1));
  assert.equal(store.isShort, false);
});

test('among long lines, too, the place that is wanted is read', async () => {
  const log = new Log(200);
  for (const entry of log.entries) entry.message = 'x'.repeat(2 ** 20);
  log.most = 1; // a page ends at 1 MiB
  const store = storeOf(log, 10);
  for (const place of [store.first, store.first + 100, store.end - 50]) {
    store.need(place, place + 2);
    await rest();
    assert.ok(store.at(place) && store.at(place + 1));
    assert.ok(check(store, log) <= 16);
  }
  assert.ok(log.requests.length < 20);
});

test('a count that is ahead of what has come is not believed for long', async () => {
  const log = new Log(5000);
  const store = new EntryStore({ readPage: (page) => log.readPage(page) });
  store.append(log.entries.slice(4000, 4500), { matching: 5000, hasOlder: true });
  assert.equal(store.size, 5000);
  store.append(log.entries.slice(4500), { matching: 5000, hasOlder: true });
  assert.equal(store.size, 5000);
  assert.equal(store.end - store.first, 5000);
  store.need(store.first, store.first + 10);
  await rest();
  check(store, log);
});

test('while the count is unknown the reader goes up page by page', async () => {
  const log = new Log(2000);
  const store = new EntryStore({ readPage: (page) => log.readPage(page) });
  store.append(log.entries.slice(-100), { matching: null, hasOlder: true });
  assert.equal(store.isFirstKnown, false);
  for (let turn = 0; turn < 5 && !store.isFirstKnown; turn += 1) {
    store.need(store.first, store.first + 50);
    await rest();
  }
  assert.equal(store.isFirstKnown, true);
  assert.equal(store.size, 2000);
  assert.equal(check(store, log), 2000);
});

test('removed entries vanish from the beginning, and the others keep their places', async () => {
  const log = new Log(5000);
  const store = storeOf(log);
  store.need(store.first, store.first + 100);
  await rest();
  const place = store.first + 300;
  const kept = store.at(place);
  log.prune(200);
  store.append(log.write(1), { matching: log.entries.length, hasOlder: true });
  await rest();
  assert.equal(store.size, 4801);
  assert.equal(store.at(place), kept);
  assert.equal(store.at(store.first).line, 201);
  check(store, log);
});

test('entries removed from the middle do not show another twice', async () => {
  const log = new Log(20_000);
  const store = storeOf(log);
  log.entries.splice(15_000, 300); // as when one of several jobs is deleted
  for (let place = store.end - 50; place > store.first; place -= 200) {
    store.need(place, place + 60);
    await rest();
  }
  store.need(store.first, store.first + 60);
  await rest();
  assert.equal(store.at(store.first).line, 1);
  check(store, log);
});

test('lines that could not be read say so, and are tried again', async () => {
  const log = new Log(5000);
  const store = storeOf(log);
  log.fail = Object.assign(new Error('away'), { status: 0 });
  store.need(store.first, store.first + 100);
  await rest();
  assert.equal(store.problem.error.message, 'away');
  log.fail = null;
  mock.timers.tick(5000);
  await rest();
  assert.equal(store.problem, null);
  assert.ok(store.at(store.first));
});

test('a copy reads what is not held, and keeps none of it', async () => {
  const log = new Log(9000, randomOf(3));
  const store = storeOf(log);
  const read = await store.read(store.first + 10, store.end - 10);
  assert.deepEqual(read, log.entries.slice(10, -10));
  assert.equal(check(store, log), 100);
});

test('a place that is still being counted is asked for again', async () => {
  const log = new Log(5000);
  const answers = [null, null, 1200];
  const findPlace = async () => ({ id: log.entries[1200].id, line: 1201, index: answers.shift(), total: 5000 });
  const store = new EntryStore({ readPage: (page) => log.readPage(page), findPlace });
  store.append(log.entries.slice(-100), { matching: null, hasOlder: true });
  const { place } = await store.find({ line: 1201 });
  assert.equal(place, store.first + 1200);
  assert.equal(store.size, 5000);
  store.need(place, place + 10);
  await rest();
  assert.equal(store.at(place).line, 1201);
});

test('a place behind the newest entry is the end', async () => {
  const log = new Log(5000);
  const findPlace = async () => ({ id: null, line: null, index: 5000, total: 5000 });
  const store = new EntryStore({ readPage: (page) => log.readPage(page), findPlace });
  store.append(log.entries.slice(-100), { matching: 5000, hasOlder: true });
  assert.equal(await store.locate({ line: 9000 }), store.end);
});

test('a new filter forgets what is under way', async () => {
  const log = new Log(5000);
  const store = storeOf(log);
  store.need(store.first, store.first + 100);
  store.clear();
  await rest();
  assert.equal(store.size, 0);
});
