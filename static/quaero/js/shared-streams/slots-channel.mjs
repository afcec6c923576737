// Which of the tabs that show a job may hold a stream. Hidden tabs hold none, but a browser may have many windows, and on
// HTTP/1.1 six connections to a host: were all of them streams, no request would get through any more.

const MOST_STREAMS = 3; // with the service's and the list's, five of six

export class SlotsChannel {
  constructor(most = MOST_STREAMS) {
    this._most = most;
    this._ports = new Set(); // in the order of their coming: the first `most` have a slot
  }

  get size() {
    return this._ports.size;
  }

  join(port) {
    this._ports.add(port);
    const place = [...this._ports].indexOf(port);
    port.post({ kind: place < this._most ? 'granted' : 'denied' });
  }

  leave(port) {
    const place = [...this._ports].indexOf(port);
    this._ports.delete(port);
    const next = [...this._ports][this._most - 1];
    if (place >= 0 && place < this._most && next) next.post({ kind: 'granted' });
  }

  rest() {}

  open() {}
}
