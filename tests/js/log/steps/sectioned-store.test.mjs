// A log by its steps against the same log as a list: each place has what belongs there.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SectionedStore } from '../../../../static/quaero/js/log/steps/sectioned-store.mjs';
import { EntryStore } from '../../../../static/quaero/js/log/window/entry-store.mjs';

/** A job whose steps write, read as the page endpoint reads. */
class Job {
  constructor() {
    this.entries = [];
    this.steps = [];
    this.requests = [];
    this.flat = new EntryStore(this.reader(() => true));
  }

  begin(id, status = 'running') {
    this.steps.push({ id, name: id, status });
  }

  end(id, status) {
    this.steps = this.steps.map((step) => (step.id === id ? { ...step, status } : step));
  }

  write(step, count) {
    const written = Array.from({ length: count }, () => {
      const line = this.entries.length + 1;
      return this.entries[this.entries.push({ id: 2 * line, line, message: `${line}`, step_id: step }) - 1];
    });
    return written;
  }

  countOf = (step) => this.entries.filter(({ step_id: id }) => id === step.id).length;

  reader(matches, name = '') {
    const readPage = async ({ since, before, offset, limit }) => {
      this.requests.push({ name, since, before, offset, limit });
      const all = this.entries.filter(matches);
      let from = offset ?? all.findIndex(({ id }) => id > since);
      if (since !== undefined && from < 0) from = all.length;
      if (since === undefined && offset === undefined) {
        const to = before === undefined ? all.length : all.findIndex(({ id }) => id >= before);
        from = Math.max(0, to - limit);
        return { logs: all.slice(from, to), meta: { has_more: from > 0, displayed_count: all.length } };
      }
      return { logs: all.slice(from, from + limit), meta: { has_more: from > 0, displayed_count: all.length } };
    };
    const findPlace = async ({ id, line }) => {
      const all = this.entries.filter(matches);
      const index = all.findIndex((entry) => entry.id >= (id ?? 0) && entry.line >= (line ?? 0));
      return index < 0 ? { id: null, line: null, index: all.length } : { ...all[index], index };
    };
    return { readPage, findPlace };
  }

  open = (key) => {
    const reader = this.reader(({ step_id: id }) => (id ?? '') === key, key || 'outside');
    return { store: new EntryStore(reader), readNewest: (limit) => reader.readPage({ limit }) };
  };

  /** What the stream sends first: the last entries, then how the steps stand. */
  show(store, last = 100) {
    const logs = this.entries.slice(-last);
    this.flat.append(logs, { matching: this.entries.length, hasOlder: logs.length < this.entries.length });
    this.tell(store);
  }

  tell(store) {
    store.setSteps(this.steps, this.countOf, this.entries.length);
  }

  live(store, step, count) {
    const entries = this.write(step, count);
    this.flat.append(entries, { matching: this.entries.length, hasOlder: false });
    store.take(entries);
    this.tell(store);
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 120));

/** What stands at all places: names of heads, and lines. */
async function shown(store) {
  store.need(0, store.end);
  await settled();
  store.need(0, store.end);
  await settled();
  const places = Array.from({ length: store.end }, (_, place) => store.at(place));
  return places.map((item) => (item?.isHead ? (item.section.step?.name ?? 'outside') : item?.line));
}

function shortJob() {
  const job = new Job();
  job.begin('build', 'completed');
  job.begin('test');
  job.begin('deploy', 'pending');
  job.write(null, 2);
  job.write('build', 3);
  job.write('test', 2);
  job.write('build', 1);
  return job;
}

test('a short log is open as a whole, what is outside of its steps first, without a request', async () => {
  const job = shortJob();
  const store = new SectionedStore(job.flat, job.open);
  job.show(store);
  assert.deepEqual(await shown(store), ['outside', 1, 2, 'build', 3, 4, 5, 8, 'test', 6, 7]);
  assert.deepEqual(job.requests, []);
  assert.equal(store.isShort, true);
});

test('what comes live stands in its step, and nothing twice', async () => {
  const job = shortJob();
  const store = new SectionedStore(job.flat, job.open);
  job.show(store);
  job.live(store, 'build', 1);
  job.live(store, 'test', 2);
  assert.deepEqual(await shown(store), ['outside', 1, 2, 'build', 3, 4, 5, 8, 9, 'test', 6, 7, 10, 11]);
});

test('what the last step writes is no change of the rows above it, and what an earlier one writes is', async () => {
  const job = shortJob();
  const store = new SectionedStore(job.flat, job.open);
  job.show(store);
  const live = (step) => {
    const written = job.write(step, 3);
    job.flat.append(written, { matching: job.entries.length, hasOlder: false });
    store.take(written);
    return store.changes;
  };
  const before = store.changes;
  assert.equal(live('test'), before);
  assert.notEqual(live('build'), before);
});

test('of a short log that was not all sent the rest is read once, not step by step', async () => {
  const job = new Job();
  for (const name of ['build', 'test', 'deploy']) {
    job.begin(name, 'completed');
    job.write(name, 400);
  }
  const store = new SectionedStore(job.flat, job.open);
  job.show(store);
  assert.deepEqual(
    (await shown(store)).filter((item) => typeof item === 'string'),
    ['build', 'test', 'deploy'],
  );
  assert.equal(store.at(store.placeOfStep('test') + 1).line, 401);
  assert.deepEqual([...new Set(job.requests.map(({ name }) => name))], ['']);
});

function longJob() {
  const job = new Job();
  for (let each = 0; each < 30; each += 1) {
    job.begin(`step ${each}`, 'completed');
    job.write(`step ${each}`, 1000);
  }
  job.end('step 20', 'failed');
  job.end('step 29', 'running');
  return job;
}

test('of a long log what runs and what has failed is open', async () => {
  const job = longJob();
  const store = new SectionedStore(job.flat, job.open);
  job.show(store);
  assert.equal(store.end, 30 + 2 * 1000);
  assert.deepEqual([store.isOpen('step 20'), store.isOpen('step 29'), store.isOpen('step 3')], [true, true, false]);
  const failed = store.placeOfStep('step 20');
  store.need(failed, failed + 50);
  await settled();
  store.need(failed, failed + 50);
  await settled();
  assert.deepEqual(
    Array.from({ length: 5 }, (_, each) => store.at(failed + 1 + each)?.line),
    [20001, 20002, 20003, 20004, 20005],
  );
});

test('a status before the first entries opens steps that are read when the log turns out to be long', async () => {
  const job = longJob();
  const store = new SectionedStore(job.flat, job.open);
  job.tell(store);
  job.show(store);
  const failed = store.placeOfStep('step 20');
  store.need(failed, failed + 50);
  await settled();
  store.need(failed, failed + 50);
  await settled();
  assert.equal(store.at(failed + 1)?.line, 20001);
});

test('what is closed is not read, and unfolding all reads what is looked at alone', async () => {
  const job = longJob();
  const store = new SectionedStore(job.flat, job.open);
  job.show(store);
  store.setAllOpen(true);
  assert.equal(store.end, 30 + 30_000);
  store.need(0, 100);
  await settled();
  assert.deepEqual([...new Set(job.requests.map(({ name }) => name))], ['step 0']);
});

test('many steps that were looked at do not stay in memory', async () => {
  const job = longJob();
  const store = new SectionedStore(job.flat, job.open);
  job.show(store);
  store.setAllOpen(true);
  for (let each = 0; each < 30; each += 1) {
    const place = store.placeOfStep(`step ${each}`);
    store.need(place, place + 20);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  store.need(store.end - 20, store.end);
  assert.ok(store._order.filter((section) => section.isLoaded).length <= 21);
  assert.equal(store.end, 30 + 30_000);
});

test('an entry is found in its step, which is opened', async () => {
  const job = longJob();
  const store = new SectionedStore(job.flat, job.open);
  job.show(store);
  const { place, line } = await store.find({ line: 5432 });
  assert.equal(line, 5432);
  store.need(place, place + 1);
  await settled();
  assert.equal(store.at(place).line, 5432);
  assert.equal(store.isOpen('step 5'), true);
});

test('entries are read for a copy across steps, closed ones left out', async () => {
  const job = longJob();
  const store = new SectionedStore(job.flat, job.open);
  job.show(store);
  store.setOpen('step 1', true);
  const lines = (await store.read(0, store.placeOfStep('step 21'))).map(({ line }) => line);
  assert.deepEqual(lines, [
    ...Array.from({ length: 1000 }, (_, each) => 1001 + each),
    ...Array.from({ length: 1000 }, (_, each) => 20_001 + each),
  ]);
});

test('a step that has ended well closes by itself, but not under a reader, nor when the reader opened it', () => {
  const job = longJob();
  const store = new SectionedStore(job.flat, job.open);
  job.show(store);
  store.keepsOpen = true;
  job.end('step 29', 'completed');
  job.tell(store);
  assert.equal(store.isOpen('step 29'), true);
  store.keepsOpen = false;
  job.tell(store);
  assert.equal(store.isOpen('step 29'), false);
  store.toggle('step 29');
  job.tell(store);
  assert.equal(store.isOpen('step 29'), true);
});

test('entries keep their ids where places move', async () => {
  const job = longJob();
  const store = new SectionedStore(job.flat, job.open);
  job.show(store);
  const { place, id } = await store.find({ line: 20_950 });
  store.setOpen('step 2', true);
  assert.equal(store.placeOf(id), place + 1000);
  assert.equal(store.at(store.placeOf(id)).line, 20_950);
});

test('a step that could not be read says so, and is read again', async () => {
  const job = longJob();
  let isAway = true;
  const open = (key) => {
    const { store: entries, readNewest } = job.open(key);
    return { store: entries, readNewest: (limit) => (isAway ? Promise.reject(new Error('away')) : readNewest(limit)) };
  };
  const store = new SectionedStore(job.flat, open);
  job.show(store);
  const place = store.placeOfStep('step 20');
  store.need(place, place + 10);
  await settled();
  assert.equal(store.problem.error.message, 'away');
  assert.ok(store.problem.from > place && store.problem.to === store.placeOfStep('step 21'));
  isAway = false;
  store.retry();
  await settled();
  assert.equal(store.problem, null);
  store.need(place + 990, place + 1000);
  assert.equal(store.at(place + 1000).line, 21_000);
});
