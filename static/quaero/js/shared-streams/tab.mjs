// A tab's end of the streams that exist once per browser (hub.mjs has the other).
import { saidAddresses } from '../lib/addresses.mjs';
import { StreamHub } from './hub.mjs';

let messagePort = null;
const receivers = {}; // by topic: one each in a page

/** The hub of the browser, or one of this page alone where there is no SharedWorker or it does not start. */
function hubPort() {
  if (messagePort) return messagePort;
  try {
    const worker = new SharedWorker(new URL('./worker.mjs', import.meta.url), { type: 'module', name: workerName() });
    worker.onerror = useOwnHub;
    usePort(worker.port);
  } catch {
    useOwnHub();
  }
  return messagePort;
}

/** Under another name it is another worker. So each reader has one: the next who signs in must not get what the one
 *  before may see. And so has each address of Quaero: a worker has no page to read addresses from. */
function workerName() {
  const reader = document.querySelector('[data-reader]')?.dataset.reader ?? '';
  return JSON.stringify({ quaero: reader, addresses: saidAddresses() ?? '{}' });
}

function useOwnHub() {
  const { port1, port2 } = new MessageChannel();
  new StreamHub().connect(port2);
  usePort(port1);
  for (const stream of Object.values(receivers)) stream.rejoin();
}

function usePort(port) {
  messagePort = port;
  messagePort.onmessage = ({ data }) => receivers[data.topic]?.receive(data);
}

/**
 * What a tab gets of one topic. `handlers` by the `kind` of message; `wish()` gives what `join` asks the hub for. A hidden
 * tab gets nothing and joins again when it is shown.
 */
export class SharedSubscription {
  constructor(topic, handlers, wish = () => ({})) {
    Object.assign(this, { topic, handlers, wish });
    this._onVisibility = () => (document.hidden ? this._leave() : this._join());
    this._onPageHide = () => this._leave();
    this._onPageShow = (event) => event.persisted && this._join(); // back from the browser's history
  }

  open() {
    receivers[this.topic] = this;
    document.addEventListener('visibilitychange', this._onVisibility);
    globalThis.addEventListener('pagehide', this._onPageHide);
    globalThis.addEventListener('pageshow', this._onPageShow);
    if (!document.hidden) this._join();
  }

  close() {
    document.removeEventListener('visibilitychange', this._onVisibility);
    globalThis.removeEventListener('pagehide', this._onPageHide);
    globalThis.removeEventListener('pageshow', this._onPageShow);
    this._leave();
    delete receivers[this.topic];
  }

  /** Tries the stream at once. */
  retry() {
    this._send('open');
  }

  /** Joins again, with a wish that changed. */
  rejoin() {
    if (!document.hidden) this._join();
  }

  receive(message) {
    if (document.hidden) return; // sent before the hub knew that this tab is
    this.handlers[message.kind]?.(message);
  }

  _join() {
    this._send('join', { wish: this.wish() });
  }

  _leave() {
    this._send('leave');
    this.handlers.state?.({ kind: 'state', state: 'Idle', reason: 'hidden', status: 0, error: null, retryAt: 0 });
  }

  _send(action, more = {}) {
    hubPort().postMessage({ topic: this.topic, action, ...more });
  }
}
