// News of the list of jobs, received once for all tabs of a browser that show it. Runs where the hub runs.
import { Connection, fetchJson } from '../log-stream.mjs';
import { address, api } from '../lib/addresses.mjs';
import { standingOf } from '../lib/refusals.mjs';

const KINDS = {
  'job:stats': 'stats',
  'job:created': 'created',
  'job:updated': 'updated',
  'job:deleted': 'deleted',
};

export class JobsChannel {
  constructor() {
    this._ports = new Set();
    this._stats = null; // the newest, for a tab that comes later
    const source = {
      events: [...Object.keys(KINDS), 'ping'],
      url: () => address('job_list_stream'),
      receive: (name, event) => this._receive(name, event),
      poll: (signal) => this._poll(signal),
    };
    this._connection = new Connection(source, {
      fallbackTimeoutMs: 15000,
      autoReconnect: true,
      maxReconnectAttempts: 5,
      onError: () => {},
      onState: () => this._post(this._standing()),
    });
  }

  get size() {
    return this._ports.size;
  }

  join(port) {
    if (['Idle', 'Refused'].includes(this._connection.state)) this._connection.open();
    this._ports.add(port);
    if (this._stats) port.post({ kind: 'stats', payload: this._stats });
    port.post(this._standing());
  }

  leave(port) {
    this._ports.delete(port);
  }

  rest() {
    this._connection.close();
    this._stats = null; // of that time
  }

  open() {
    this._connection.open();
  }

  _receive(name, event) {
    if (!(name in KINDS)) return;
    const payload = JSON.parse(event.data || '{}');
    if (name === 'job:stats') this._stats = payload;
    this._post({ kind: KINDS[name], payload });
  }

  /** Each tab reads its own page of the list: their filters differ. This says what such a page would meet, and why a
   *  stream fails. */
  async _poll(signal) {
    const { counts } = await fetchJson(api('jobs?limit=1'), signal);
    // What else the stream would send, who watches and how fast, is unknown now.
    this._stats = { by_status: counts, by_kind: this._stats?.by_kind };
    this._post({ kind: 'stats', payload: this._stats });
    this._post({ kind: 'poll' });
  }

  _standing() {
    return { kind: 'state', ...standingOf(this._connection ?? { state: 'Idle', reason: '' }) };
  }

  _post(message) {
    for (const port of this._ports) port.post(message);
  }
}
