// What running jobs logged in the minutes before the list was opened, from the server.
import { buildQueryParams, fetchJson } from '../log-stream.mjs';
import { jobApi } from '../lib/addresses.mjs';
import { SLOTS, SLOT_MS } from './rates.mjs';

const MOST = 20; // jobs in one go: those at the top of the list, one after the other

/** Completes the rates of these rows, as far as they run and their past is not known. */
export async function readRecentRates(rates, jobs) {
  const asked = jobs.filter(({ id }) => rates.isNew(id)).slice(0, MOST);
  for (const { id } of asked) rates.ask(id);
  for (const { id } of asked) {
    const from = new Date(Date.now() - (SLOTS - 1) * SLOT_MS).toISOString();
    try {
      rates.fill(id, await fetchJson(jobApi(id, `/logs/histogram?${buildQueryParams({ from, buckets: SLOTS + 1 })}`)));
    } catch {
      return; // the picture begins now
    }
  }
}
