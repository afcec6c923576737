// Whether this tab may hold a stream of its own beside those that all tabs share.
import { SharedSubscription } from './tab.mjs';

const ANSWER_WITHIN_MS = 2000;
const MULTIPLEXED = ['h2', 'h3']; // one connection carries all streams

/** A slot for a `LogStream`: it connects when it may, and polls while other tabs hold the connections. */
export function slotFor(stream) {
  const isWanted = () => !['Ended', 'Refused'].includes(stream.getState().state);
  return streamSlot({
    granted: () => {
      if (stream.getState().isPollingChosen) stream.reconnect();
      else if (isWanted()) stream.connect();
    },
    denied: () => isWanted() && stream.usePolling('other tabs hold the connections'),
  });
}

/** Calls `granted` or `denied`, perhaps several times. Give the slot back with `close()`. */
export function streamSlot({ granted, denied }) {
  const protocol = performance.getEntriesByType('navigation')[0]?.nextHopProtocol;
  if (MULTIPLEXED.includes(protocol)) {
    return { open: granted, close() {} };
  }
  let timer = null; // better one stream too many than a page that waits for ever
  const answered = (action) => () => {
    clearTimeout(timer);
    action();
  };
  const subscription = new SharedSubscription('slots', { granted: answered(granted), denied: answered(denied) });
  return {
    open() {
      timer = setTimeout(granted, ANSWER_WITHIN_MS);
      subscription.open();
    },
    close() {
      clearTimeout(timer);
      subscription.close();
    },
  };
}
