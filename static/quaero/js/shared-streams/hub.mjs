// One stream of each kind for all tabs of a browser: HTTP/1.1 gives a browser six connections to a host.
//
// The hub lives in a SharedWorker, or in the page where there is none. Tabs speak to it through ports:
//   {topic, action: 'join', wish}   send me news from now on    {topic, action: 'leave'}   I am hidden or gone
//   {topic, action: 'open'}         try the stream at once
// and it answers {topic, ...message}; the channels say which messages there are. A tab that is hidden leaves.
import { JobsChannel } from './jobs-channel.mjs';
import { ServiceChannel } from './service-channel.mjs';
import { SlotsChannel } from './slots-channel.mjs';

const MAKERS = {
  service: () => new ServiceChannel(),
  jobs: () => new JobsChannel(),
  slots: () => new SlotsChannel(),
};
const LINGER_MS = 3000; // a reader who goes from page to page leaves and joins within this

export class StreamHub {
  constructor(makers = MAKERS) {
    this._makers = makers;
    this._channels = {};
    this._rests = {};
  }

  /** Takes a MessagePort whose other end is a tab's. */
  connect(messagePort) {
    const seats = {}; // what each channel knows of this tab
    messagePort.onmessage = ({ data }) => {
      const { topic, action } = data;
      if (!Object.hasOwn(this._makers, topic)) return;
      seats[topic] ??= { post: (message) => messagePort.postMessage({ topic, ...message }) };
      if (action === 'join') this._join(topic, seats[topic], data.wish ?? {});
      if (action === 'leave') this._leave(topic, seats[topic]);
      if (action === 'open') this._channels[topic]?.open();
    };
  }

  _join(topic, seat, wish) {
    clearTimeout(this._rests[topic]);
    this._channels[topic] ??= this._makers[topic]();
    this._channels[topic].join(seat, wish);
  }

  _leave(topic, seat) {
    const channel = this._channels[topic];
    channel?.leave(seat);
    if (channel?.size === 0) this._rests[topic] = setTimeout(() => channel.rest(), LINGER_MS);
  }
}
