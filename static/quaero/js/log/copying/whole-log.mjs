// A whole log as text, whatever of it is on the page: read as it is downloaded.
import { Refusal } from '../../lib/requests.mjs';

export const MOST_BYTES = 10 * 2 ** 20; // into a clipboard; more is for a file

/** More than MOST_BYTES. */
export class TooLong extends Error {}

async function refusalOf(response) {
  const answer = await response.json().catch(() => undefined);
  return new Refusal(response.status, answer);
}

/** The text that the address answers with. `onProgress(bytes)` is called as it comes. */
export async function readWhole(url, { onProgress, signal, most = MOST_BYTES }) {
  const response = await fetch(url, { signal });
  if (!response.ok) throw await refusalOf(response);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parts = [];
  let size = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return parts.join('') + decoder.decode();
    size += value.length;
    if (size > most) {
      reader.cancel();
      throw new TooLong();
    }
    parts.push(decoder.decode(value, { stream: true }));
    onProgress(size);
  }
}
