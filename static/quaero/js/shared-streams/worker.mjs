// The SharedWorker of all tabs: it holds the streams that exist once per browser.
import { StreamHub } from './hub.mjs';

const hub = new StreamHub();

globalThis.onconnect = (event) => hub.connect(event.ports[0]);
