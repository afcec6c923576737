// QuaeroLogs as an ES module. The plain script stays the one source; it sets the global in either form.
import './log-stream.js';

export const {
  LogStream,
  Connection,
  HttpError,
  LEVELS,
  createStream,
  createServiceStream,
  streamJob,
  streamService,
  buildQueryParams,
  formatTimestamp,
  levelClass,
  backoffDelay,
  fetchJson,
  parseJson,
} = globalThis.QuaeroLogs;
