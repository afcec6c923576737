// A server and an EventSource that do what a test says, on a clock that the test moves.
import { mock } from 'node:test';

export class FakeEventSource {
  static opened = [];

  constructor(url) {
    this.url = url;
    this.isClosed = false;
    this.listeners = {};
    FakeEventSource.opened.push(this);
  }

  addEventListener(name, listener) {
    this.listeners[name] = listener;
  }

  close() {
    this.isClosed = true;
  }

  /** Delivers even when closed: a browser may still have queued the event. */
  send(name, payload = {}, lastEventId = '') {
    this.listeners[name]({ data: JSON.stringify(payload), lastEventId: String(lastEventId) });
  }

  fail() {
    this.onerror();
  }
}

export const opened = () => FakeEventSource.opened;
export const newest = () => FakeEventSource.opened.at(-1);

export const entry = (id, message = `line ${id}`) => ({ id, line: id, level: 'info', message });
export const page = (ids, meta = {}) => ({
  logs: ids.map((id) => entry(id)),
  meta: {
    total_count: ids.at(-1) ?? 0,
    displayed_count: ids.at(-1) ?? 0,
    has_more: false,
    oldest_id: ids[0] ?? null,
    newest_id: ids.at(-1) ?? null,
    ...meta,
  },
});

/** Installs the fakes. `answers(url)` gives a body, or [status, body, headers], or throws for a dead server. */
export function install(answers = () => page([])) {
  const requests = [];
  FakeEventSource.opened = [];
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  mock.method(Math, 'random', () => 0.5); // jitter of exactly one
  globalThis.EventSource = FakeEventSource;
  globalThis.fetch = async (url) => {
    requests.push(url);
    const answer = answers(url);
    const [status, body, headers] = Array.isArray(answer) ? answer : [200, answer, {}];
    return new Response(JSON.stringify(body), { status, headers });
  };
  return requests;
}

export function uninstall() {
  mock.timers.reset();
  mock.restoreAll();
  delete globalThis.EventSource;
  delete globalThis.document;
}

/** Lets everything that waits only for promises happen. */
export async function settle() {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export async function pass(milliseconds) {
  mock.timers.tick(milliseconds);
  await settle();
}

/** A page whose tab can be hidden and shown. */
export function installDocument() {
  const page = new EventTarget();
  page.hidden = false;
  page.turn = (hidden) => {
    page.hidden = hidden;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  globalThis.document = page;
  globalThis.addEventListener ??= () => {};
  globalThis.removeEventListener ??= () => {};
  return page;
}

/** As a page says its addresses to a worker. They are read once in a process. */
export function sayAddresses() {
  const addresses = { api: '/ops/api/', job_list_stream: '/ops/api/jobs/stream', job: '/ops/jobs/{id}/' };
  globalThis.name = JSON.stringify({ addresses: JSON.stringify(addresses) });
}
